"""Questions of those who check an installation."""

from app.audits.queries import readings

__all__ = ["readings"]
