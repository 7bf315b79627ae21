"""The tables of the public log: leaves, tiles and checkpoints only grow."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Identity, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Base, Identified

KEPT = {"rights": "SELECT, INSERT, UPDATE"}
"""`info` of a table whose rows stay."""
PASSING = {"rights": "SELECT, INSERT, DELETE"}
"""`info` of one whose rows come and go."""


class LogLeaf(Base):
    """A leaf: what happened, by its place in the log."""

    __tablename__ = "log_leaves"
    __table_args__ = (
        CheckConstraint('"index" >= 0', name="index_counted"),
        CheckConstraint("position >= 1", name="position_counted"),
        CheckConstraint("length(hash) = 32", name="hash_is_sha256"),
        CheckConstraint("length(entry) BETWEEN 1 AND 65535", name="entry_fits"),
        CheckConstraint("(source = 'ledger') = (position IS NOT NULL)", name="position_of_books"),
        UniqueConstraint("source", "subject_id"),
        {"info": READ_AND_ADD},
    )

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    """Whose thing it is: `ledger`, or the name of a `hooks.Source`."""
    subject_id: Mapped[UUID]
    """Which thing: an entry of the books, a decision."""
    position: Mapped[int | None] = mapped_column(unique=True)
    """Of the entry of the books."""
    entry: Mapped[bytes]
    hash: Mapped[bytes]
    appended_at: Mapped[datetime]


class LogTile(Base):
    """A full tile, and its root, which stands in a tile of the level above."""

    __tablename__ = "log_tiles"
    __table_args__ = (
        CheckConstraint("length(hashes) = 8192", name="is_full"),
        CheckConstraint("length(root) = 32", name="root_is_sha256"),
        {"info": READ_AND_ADD},
    )

    level: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hashes: Mapped[bytes]
    root: Mapped[bytes]


class LogCheckpoint(Base):
    """What was signed; one for each size at the most."""

    __tablename__ = "log_checkpoints"
    __table_args__ = (
        CheckConstraint("size >= 1", name="size_counted"),
        CheckConstraint("length(root) = 32", name="root_is_sha256"),
        {"info": READ_AND_ADD},
    )

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    note: Mapped[str]
    """With the signatures of the log's keys."""
    signed_at: Mapped[datetime]


class LogKey(Identified):
    """A key that the log signs with; its private half is sealed."""

    __tablename__ = "log_keys"
    __table_args__ = (
        UniqueConstraint("name", "public_key"),
        CheckConstraint("length(public_key) = 32", name="public_key_is_ed25519"),
        CheckConstraint("retires_at IS NOT NULL OR sealed_key IS NOT NULL", name="can_sign"),
        {"info": KEPT},
    )

    name: Mapped[str]
    """The origin of the log: with every key the same."""
    public_key: Mapped[bytes]
    sealed_key: Mapped[bytes | None]
    """None once it has retired: nobody signs with it any more."""
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    retires_at: Mapped[datetime | None]
    """Until then it signs beside its successor (`actions.keys.rotate`)."""


class LogWitness(Identified):
    """Somebody who watches over the log, and whose cosignatures are taken."""

    __tablename__ = "log_witnesses"
    __table_args__ = (
        UniqueConstraint("name", "public_key"),
        CheckConstraint("length(public_key) = 32", name="public_key_is_ed25519"),
        {"info": KEPT},
    )

    name: Mapped[str]
    public_key: Mapped[bytes]
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    """Since then nothing more is taken; what was taken stays."""


class LogCosignature(Identified):
    """That a witness saw a checkpoint."""

    __tablename__ = "log_cosignatures"
    __table_args__ = (UniqueConstraint("size", "witness_id"), {"info": READ_AND_ADD})

    size: Mapped[int] = mapped_column(ForeignKey("log_checkpoints.size"))
    witness_id: Mapped[UUID] = mapped_column(ForeignKey("log_witnesses.id"), index=True)
    line: Mapped[str]
    """As it stands below the note."""
    witnessed_at: Mapped[datetime]
    """By the witness's own clock."""
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)


class LogArrival(Base):
    """Something that waits for its leaf, in the order in which it was written.

    A trigger on the table of its source writes the row, in the transaction of what happened.
    """

    __tablename__ = "log_arrivals"
    __table_args__ = ({"info": PASSING},)

    arrival: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    source: Mapped[str]
    subject_id: Mapped[UUID]


class LogSalt(Base):
    """What keeps a content from being guessed; may be erased, and the leaf stays.

    Those of the books are in `ledger_salts`.
    """

    __tablename__ = "log_salts"
    __table_args__ = ({"info": PASSING},)

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    salt: Mapped[bytes]
