"""What those who check an installation read, ask for and write."""
