"""Audit packs: made, made again, and checked by those who get them."""
