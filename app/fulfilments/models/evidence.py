"""Files that prove what a claim says; they are known by their SHA-256."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import Identified
from app.core.files.models import File
from app.obligations.models.contracts import KEPT


class FulfilmentEvidence(Identified):
    """A file that proves what a claim says; its claim guards the row.

    Once the claim was submitted with it, it stays: taken off a returned claim, it is not part of
    later submissions, and whoever decided before can still read it.
    """

    __tablename__ = "fulfilment_evidence"
    __table_args__ = (Index(None, "fulfilment_id", "id"), {"info": KEPT})

    fulfilment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfilments.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), unique=True)
    attached_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    attached_at: Mapped[datetime] = mapped_column(default=clock.now)
    submitted_at: Mapped[datetime | None]
    """When its claim was first submitted with it; nobody but the claimant sees it before."""
    removed_at: Mapped[datetime | None]

    file: Mapped[File] = relationship(lazy="raise")
