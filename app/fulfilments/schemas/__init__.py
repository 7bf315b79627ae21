"""Splits and fulfilments on the wire."""
