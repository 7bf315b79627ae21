"""Questions about who is calling."""

from app.organisations.queries import callers, organisations, users

__all__ = ["callers", "organisations", "users"]
