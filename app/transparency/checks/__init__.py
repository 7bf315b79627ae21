"""Proof from the rows alone that the log is right, and that it says what the books say.

A fault is a sentence that names a row, what is expected of it and what was found.
"""

from app.transparency.checks import rows, sources, tree

__all__ = ["rows", "sources", "tree"]
