"""Every table of the project, for the migrations; a new domain adds a line."""

from app.core import events, idempotency, installation
from app.organisations import models as organisations

__all__ = ["events", "idempotency", "installation", "organisations"]
