"""What those who check an installation do."""
