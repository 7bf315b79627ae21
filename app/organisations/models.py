"""Tables of who is calling."""
