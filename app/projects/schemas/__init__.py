"""What goes over the wire about rounds, projects and their plans."""
