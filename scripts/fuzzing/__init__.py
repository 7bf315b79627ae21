"""Trying to catch the service lying: every operation of the demo, by everybody, at random."""
