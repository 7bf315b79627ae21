"""The tables of this domain."""

__all__: list[str] = []
