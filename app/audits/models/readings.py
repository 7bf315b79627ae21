"""What auditors read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified


class AuditReading(Identified):
    """One answer that an auditor was given, by an appointment; written before it left."""

    __tablename__ = "audit_readings"
    __table_args__ = (
        Index(None, "organisation_id", "id"),
        Index(None, "user_id", "id"),
        {"info": READ_AND_ADD},
    )

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("auditor_appointments.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """The one that is audited."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    """The auditor."""
    operation: Mapped[str]
    """Its operationId in the OpenAPI document."""
    path_parameters: Mapped[dict[str, Any]]
    query: Mapped[dict[str, Any]]
    """What was asked for; a value that may name a person is left out."""
    rows: Mapped[int | None]
    """How many were shown; null: it was no list."""
    media_type: Mapped[str | None]
    sha256: Mapped[bytes | None]
    """Of the answer's content; null where it was streamed and nobody knew it yet."""
    request_id: Mapped[str | None]
    read_at: Mapped[datetime] = mapped_column(default=clock.now)
