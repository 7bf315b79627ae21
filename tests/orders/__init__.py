"""Orders and units."""
