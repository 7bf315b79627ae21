"""Baat: an open social-impact marketplace. `README.md` has the picture of this house."""

from importlib.metadata import version

__version__ = version("baat")
"""The version of the software and of its HTTP interface (semantic versioning)."""
