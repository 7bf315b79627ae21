"""Imports of OCDS packages, and what became of each contract in them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified
from app.obligations.models.contracts import KEPT


class ImportOutcome(StrEnum):
    """What became of a contract in a file."""

    REGISTERED = "registered"
    """It was new."""
    AMENDED = "amended"
    """It said something else than is known."""
    UNCHANGED = "unchanged"
    """It is known as it is."""
    REFUSED = "refused"
    """It can't be taken; the reason says what to do."""
    PASSED_OVER = "passed-over"
    """There is nothing to take: it is cancelled, proposed, or another buyer's."""


class ImportState(StrEnum):
    """Where an import stands."""

    WAITING = "waiting"
    """A job takes it up (`actions.packages.receive`)."""
    DONE = "done"
    """All of it was looked at (`actions.packages.work`)."""
    REFUSED = "refused"
    """It is no package that can be read, and nothing was taken (`actions.packages.work`)."""


class ContractImport(Identified):
    """A package that an authority sent."""

    __tablename__ = "contract_imports"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended_when"),
        Index(None, "authority_id", "id"),
        {"info": KEPT},
    )

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"))
    assume_clause: Mapped[bool]
    """Whether a contract that says nothing about a clause has one."""
    is_dry_run: Mapped[bool]
    """Whether it only says what it would do."""
    state: Mapped[ImportState] = mapped_column(default=ImportState.WAITING)
    refusal: Mapped[str | None]
    imported_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]


class ContractImportOutcome(Identified):
    """What became of one contract of a package. Never changed."""

    __tablename__ = "contract_import_outcomes"
    __table_args__ = (
        UniqueConstraint("import_id", "item", "place"),
        Index(None, "import_id", "id"),
        Index(None, "import_id", "outcome"),
        {"info": READ_AND_ADD},
    )

    import_id: Mapped[UUID] = mapped_column(ForeignKey("contract_imports.id"))
    item: Mapped[int]
    """Which release or record of the file, from 1."""
    place: Mapped[int]
    """Which contract in it, from 1."""
    source_key: Mapped[str]
    """The ocid and the contract's own id."""
    outcome: Mapped[ImportOutcome]
    code: Mapped[str | None]
    detail: Mapped[str | None]
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("contracts.id"))
