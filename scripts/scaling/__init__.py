"""More than one of everything on one machine: what is lost when some of it is."""
