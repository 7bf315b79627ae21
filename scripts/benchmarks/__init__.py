"""How fast Baat is, as ratios to what the same PostgreSQL does for hand-written SQL."""
