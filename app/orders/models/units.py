"""Units: which serials were issued to whom, and which are annulled."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified

RANGE = "int8range(first_serial, last_serial, '[]')"
"""The serials of a row, as the indexes know them."""
_ONE_PROJECT = "first_serial >> 32 = last_serial >> 32 AND first_serial <= last_serial"


class SerialBlock(Identified):
    """A gap-free run of serials, issued to one order when it was paid.

    A serial is the project's number times 2³² plus a count from 1. One plain range constraint
    covers all projects of an installation; that is what must stay global when the books are spread.
    """

    __tablename__ = "serial_blocks"
    __table_args__ = (
        CheckConstraint(f"{_ONE_PROJECT} AND first_serial & 4294967295 > 0", name="of_one_project"),
        ExcludeConstraint((text(RANGE), "&&"), using="gist", name="ex_serial_blocks_issued_once"),
        Index(None, "project_id", "last_serial", unique=True),
        {"info": READ_AND_ADD},
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), unique=True)
    first_serial: Mapped[int]
    last_serial: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)


class Annulment(Identified):
    """A run of serials that count for nothing any more: their money went back."""

    __tablename__ = "serial_annulments"
    __table_args__ = (
        CheckConstraint(_ONE_PROJECT, name="of_one_project"),
        ExcludeConstraint(
            (text(RANGE), "&&"), using="gist", name="ex_serial_annulments_annulled_once"
        ),
        {"info": READ_AND_ADD},
    )

    block_id: Mapped[UUID] = mapped_column(ForeignKey("serial_blocks.id"), index=True)
    first_serial: Mapped[int]
    last_serial: Mapped[int]
    reason: Mapped[str]
    annulled_at: Mapped[datetime] = mapped_column(default=clock.now)
