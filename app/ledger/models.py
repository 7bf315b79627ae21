"""The tables of the books, as the application reads them: only the door writes.

What stands in them and why is said where they are made, in `migrations/books/`.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import grants
from app.core.database import Base, Identified
from app.ledger.chart import Side

READ = {"rights": "SELECT"}
"""`info` of a table that only the functions of the door write."""
READ_AND_KEEP = READ | {"append_only": True}
"""`info` of one to which even they only add."""

_SIDE = sa.Enum(
    Side, name="ledger_side", values_callable=lambda sides: [side.value for side in sides]
)
_CODE = sa.Text(collation="C")

for _function in ("open", "post", "enter", "sequence", "prepare_year", "forget"):
    grants.let_call(f"ledger_{_function}")


class HoldState(StrEnum):
    """The life of a hold."""

    PENDING = "pending"
    """It counts against its account's limit (`Hold`)."""
    POSTED = "posted"
    """An entry took it, whole or in part; the rest was released (`Draft.settles`)."""
    VOIDED = "voided"
    """Given back (`Void`)."""
    EXPIRED = "expired"
    """Its time ran out, and somebody noticed: the next one who needed the room, or a job."""


class LedgerKind(Base):
    """A line of the chart of accounts, as the database knows it."""

    __tablename__ = "ledger_kinds"
    __table_args__ = ({"info": READ_AND_KEEP},)

    code: Mapped[str] = mapped_column(_CODE, primary_key=True)
    book: Mapped[str]
    side: Mapped[Side] = mapped_column(_SIDE)
    kept_per: Mapped[str]
    limited: Mapped[bool]
    lock_rank: Mapped[int] = mapped_column(sa.SmallInteger)


class Ledger(Identified):
    """One keeper's book."""

    __tablename__ = "ledgers"
    __table_args__ = (
        UniqueConstraint("keeper_id", "book"),
        CheckConstraint("book IN ('money', 'impact', 'social_return')", name="book"),
        {"info": READ_AND_KEEP},
    )

    keeper_id: Mapped[UUID]
    book: Mapped[str]
    opened_at: Mapped[datetime]


class LedgerAccount(Base):
    """A place in a ledger; `posted` and `held` are kept for limited accounts only."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("ledger_id", "kind", "owner_id"),
        CheckConstraint("held >= 0 AND posted >= held", name="within_limit"),
        Index(None, "owner_id"),
        {"info": READ},
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    ledger_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(_CODE)
    owner_id: Mapped[UUID]
    side: Mapped[Side] = mapped_column(_SIDE)
    lock_rank: Mapped[int] = mapped_column(sa.SmallInteger)
    limited: Mapped[bool]
    posted: Mapped[int] = mapped_column(server_default="0")
    held: Mapped[int] = mapped_column(server_default="0")


class LedgerReference(Base):
    """The name of an event, once."""

    __tablename__ = "ledger_references"
    __table_args__ = ({"info": READ},)

    reference: Mapped[str] = mapped_column(_CODE, primary_key=True)
    id: Mapped[UUID]
    """Of the entry, or of the hold."""


class LedgerEntry(Identified):
    """A journal entry; written once."""

    __tablename__ = "ledger_entries"
    __table_args__ = ({"info": READ_AND_KEEP, "postgresql_partition_by": "RANGE (id)"},)

    kind: Mapped[str]
    reference: Mapped[str] = mapped_column(_CODE)
    narration: Mapped[str]
    occurred_at: Mapped[datetime]
    """When it happened in the world."""
    recorded_at: Mapped[datetime]
    """When the books were told, by the installation's clock."""
    reverses_id: Mapped[UUID | None]
    evidence: Mapped[list[str]]
    line_count: Mapped[int] = mapped_column(sa.SmallInteger)
    xid: Mapped[int] = mapped_column(
        server_default=sa.text("((pg_current_xact_id())::text)::bigint")
    )
    """The transaction that wrote it: no other may add lines."""


class LedgerLine(Base):
    """An amount on one side of one account; written with its entry."""

    __tablename__ = "ledger_lines"
    __table_args__ = (
        Index(None, "account_id", "entry_id", postgresql_include=["side", "amount"]),
        {"info": READ_AND_KEEP, "postgresql_partition_by": "RANGE (entry_id)"},
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    account_id: Mapped[int]
    amount: Mapped[int]
    ledger_id: Mapped[UUID]
    about_id: Mapped[UUID]
    side: Mapped[Side] = mapped_column(_SIDE)


class LedgerReversal(Base):
    """Which entry mirrors which; each is mirrored once at the most."""

    __tablename__ = "ledger_reversals"
    __table_args__ = ({"info": READ_AND_KEEP},)

    reverses_id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID]


class LedgerHold(Identified):
    """A claim on part of a limited account; it ends once."""

    __tablename__ = "ledger_holds"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'posted', 'voided', 'expired')", name="state"),
        CheckConstraint("posted_quantity BETWEEN 0 AND quantity", name="posted_is_part"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "(state = 'pending') = (settled_at IS NULL)"
            " AND (state = 'posted') = (entry_id IS NOT NULL)"
            " AND (state = 'posted') = (posted_quantity > 0)",
            name="settled",
        ),
        Index(None, "account_id", "expires_at", postgresql_where=sa.text("state = 'pending'")),
        {"info": READ},
    )

    reference: Mapped[str] = mapped_column(_CODE)
    account_id: Mapped[int]
    about_id: Mapped[UUID]
    quantity: Mapped[int]
    posted_quantity: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[HoldState] = mapped_column(sa.Text, server_default="pending")
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    entry_id: Mapped[UUID | None]


class LedgerUnsequenced(Base):
    """An entry that the sequencer has yet to place."""

    __tablename__ = "ledger_unsequenced"
    __table_args__ = ({"info": READ},)

    arrival: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    entry_id: Mapped[UUID]


class LedgerPosition(Base):
    """The place of an entry in the order in which the books became known."""

    __tablename__ = "ledger_positions"
    __table_args__ = (
        CheckConstraint("position >= 1", name="position_counted"),
        CheckConstraint("length(leaf) = 32", name="leaf_is_sha256"),
        {"info": READ_AND_KEEP},
    )

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(unique=True)
    known_at: Mapped[datetime] = mapped_column(index=True)
    leaf: Mapped[bytes]
    """What the public log commits to; see `leaves.py`."""


class LedgerSalt(Base):
    """What keeps a leaf from being guessed; may be erased, and the leaf stays."""

    __tablename__ = "ledger_salts"
    __table_args__ = ({"info": READ},)

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    salt: Mapped[bytes]


class LedgerTotal(Base):
    """What was debited and credited to a kind of account, up to the end of a block of positions."""

    __tablename__ = "ledger_totals"
    __table_args__ = ({"info": READ},)

    ledger_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(_CODE, primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    debit: Mapped[int]
    credit: Mapped[int]


class LedgerChecked(Base):
    """Up to where the job that checks the books has found no fault; one row."""

    __tablename__ = "ledger_checked"
    __table_args__ = (
        CheckConstraint("single", name="one_row"),
        {"info": {"rights": "SELECT, INSERT, UPDATE"}},
    )

    single: Mapped[bool] = mapped_column(primary_key=True)
    position: Mapped[int]
    checked_at: Mapped[datetime]
