"""Certificates: what was approved, as it was then; whether it still counts says the fulfilment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified

WRITTEN_CODE = "^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$"
"""How a code is kept: `certificates.codes` makes it."""


class Certificate(Identified):
    """What an authority approved of a fulfilment; issued once and never changed."""

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("fulfilment_id"),
        UniqueConstraint("code"),
        CheckConstraint(f"code ~ '{WRITTEN_CODE}'", name="code_written"),
        {"info": READ_AND_ADD},
    )

    fulfilment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfilments.id"))
    code: Mapped[str]
    """Its number: nobody guesses it, and whoever has it may verify."""
    is_named: Mapped[bool]
    """Whether everybody may read whose it is, and for which contract."""
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What is certified (`certificates.Stated`), as it goes over the wire."""
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
