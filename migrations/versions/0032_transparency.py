"""The public log over the books: leaves, tiles, checkpoints, keys and witnesses."""

import sqlalchemy as sa
from alembic import op

revision = "0032_transparency"
down_revision = "0031_placements"

MOMENT = sa.TIMESTAMP(timezone=True)
GROWS = {"rights": "SELECT, INSERT", "append_only": True}
KEPT = {"rights": "SELECT, INSERT, UPDATE"}
PASSING = {"rights": "SELECT, INSERT, DELETE"}

LEAVES_IN_ORDER = """
CREATE FUNCTION log_insist_on_order() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    added record;
BEGIN
    SELECT count(*) AS leaves, min("index") AS first, max("index") AS last,
           count(position) AS entries, min(position) AS first_position,
           max(position) AS last_position
      INTO added FROM new_leaves;
    IF added.leaves = 0 THEN
        RETURN NULL;
    END IF;
    -- Each index is there once: a stretch without a gap after a leaf is the end of the log.
    IF added.last - added.first + 1 <> added.leaves
       OR (added.first > 0
           AND NOT EXISTS (SELECT FROM log_leaves WHERE "index" = added.first - 1)) THEN
        RAISE EXCEPTION 'leaves from % on do not follow the last one', added.first
            USING ERRCODE = '23514', CONSTRAINT = 'log_leaves_in_order';
    END IF;
    IF added.entries > 0
       AND (added.last_position - added.first_position + 1 <> added.entries
            OR (added.first_position > 1 AND NOT EXISTS (
                SELECT FROM log_leaves WHERE position = added.first_position - 1))) THEN
        RAISE EXCEPTION 'positions from % on do not follow the last one', added.first_position
            USING ERRCODE = '23514', CONSTRAINT = 'log_leaves_in_order';
    END IF;
    RETURN NULL;
END $$
"""

NO_FORK = """
CREATE FUNCTION log_insist_on_growth() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM log_leaves WHERE "index" = NEW.size - 1)
       OR EXISTS (SELECT FROM log_checkpoints WHERE size > NEW.size) THEN
        RAISE EXCEPTION 'a checkpoint of % leaves shrinks the log or runs ahead', NEW.size
            USING ERRCODE = '23514', CONSTRAINT = 'log_checkpoints_grow';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Make the tables; leaves, tiles and checkpoints only grow, and leave no gap."""
    _tree()
    _signing()
    _waiting()
    for table in ("log_leaves", "log_tiles", "log_checkpoints", "log_cosignatures"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(LEAVES_IN_ORDER)
    op.execute(
        "CREATE TRIGGER in_order AFTER INSERT ON log_leaves REFERENCING NEW TABLE AS new_leaves"
        " FOR EACH STATEMENT EXECUTE FUNCTION log_insist_on_order()"
    )
    op.execute(NO_FORK)
    op.execute(
        "CREATE TRIGGER grows AFTER INSERT ON log_checkpoints"
        " FOR EACH ROW EXECUTE FUNCTION log_insist_on_growth()"
    )


def _table(name: str, *parts: sa.schema.SchemaItem, info: dict[str, object]) -> None:
    op.create_table(name, *parts, info=info)


def _id(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))
    return sa.Column("id", sa.Uuid(), nullable=False), key


def _required(name: str, kind: sa.types.TypeEngine[object]) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _key(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _tree() -> None:
    _table(
        "log_leaves",
        _key("index"),
        _required("source", sa.Text()),
        _required("subject_id", sa.Uuid()),
        sa.Column("position", sa.BigInteger()),
        _required("entry", sa.LargeBinary()),
        _required("hash", sa.LargeBinary()),
        _required("appended_at", MOMENT),
        _check("log_leaves", "index_counted", '"index" >= 0'),
        _check("log_leaves", "position_counted", "position >= 1"),
        _check("log_leaves", "hash_is_sha256", "length(hash) = 32"),
        _check("log_leaves", "entry_fits", "length(entry) BETWEEN 1 AND 65535"),
        _check("log_leaves", "position_of_books", "(source = 'ledger') = (position IS NOT NULL)"),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_log_leaves")),
        sa.UniqueConstraint("source", "subject_id", name=op.f("uq_log_leaves_source_subject_id")),
        sa.UniqueConstraint("position", name=op.f("uq_log_leaves_position")),
        info=GROWS,
    )
    _table(
        "log_tiles",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        _key("number"),
        _required("hashes", sa.LargeBinary()),
        _required("root", sa.LargeBinary()),
        _check("log_tiles", "is_full", "length(hashes) = 8192"),
        _check("log_tiles", "root_is_sha256", "length(root) = 32"),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_log_tiles")),
        info=GROWS,
    )


def _signing() -> None:
    _table(
        "log_checkpoints",
        _key("size"),
        _required("root", sa.LargeBinary()),
        _required("note", sa.Text()),
        _required("signed_at", MOMENT),
        _check("log_checkpoints", "size_counted", "size >= 1"),
        _check("log_checkpoints", "root_is_sha256", "length(root) = 32"),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoints")),
        info=GROWS,
    )
    _table(
        "log_keys",
        _required("name", sa.Text()),
        _required("public_key", sa.LargeBinary()),
        sa.Column("sealed_key", sa.LargeBinary()),
        _required("made_at", MOMENT),
        sa.Column("retires_at", MOMENT),
        *_id("log_keys"),
        _check("log_keys", "public_key_is_ed25519", "length(public_key) = 32"),
        _check("log_keys", "can_sign", "retires_at IS NOT NULL OR sealed_key IS NOT NULL"),
        sa.UniqueConstraint("name", "public_key", name=op.f("uq_log_keys_name_public_key")),
        info=KEPT,
    )
    _witnesses()


def _witnesses() -> None:
    _table(
        "log_witnesses",
        _required("name", sa.Text()),
        _required("public_key", sa.LargeBinary()),
        _required("added_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        *_id("log_witnesses"),
        _check("log_witnesses", "public_key_is_ed25519", "length(public_key) = 32"),
        sa.UniqueConstraint("name", "public_key", name=op.f("uq_log_witnesses_name_public_key")),
        info=KEPT,
    )
    _table(
        "log_cosignatures",
        _required("size", sa.BigInteger()),
        _required("witness_id", sa.Uuid()),
        _required("line", sa.Text()),
        _required("witnessed_at", MOMENT),
        _required("taken_at", MOMENT),
        *_id("log_cosignatures"),
        sa.ForeignKeyConstraint(
            ["size"], ["log_checkpoints.size"], name=op.f("fk_log_cosignatures_size")
        ),
        sa.ForeignKeyConstraint(
            ["witness_id"], ["log_witnesses.id"], name=op.f("fk_log_cosignatures_witness_id")
        ),
        sa.UniqueConstraint("size", "witness_id", name=op.f("uq_log_cosignatures_size_witness_id")),
        info=GROWS,
    )
    op.create_index("ix_log_cosignatures_witness_id", "log_cosignatures", ["witness_id"])


def _waiting() -> None:
    _table(
        "log_arrivals",
        sa.Column("arrival", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _required("source", sa.Text()),
        _required("subject_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("arrival", name=op.f("pk_log_arrivals")),
        info=PASSING,
    )
    _table(
        "log_salts",
        _required("subject_id", sa.Uuid()),
        _required("salt", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_log_salts")),
        info=PASSING,
    )


def downgrade() -> None:
    """What was signed for is not given back."""
    message = "The public log is not given back: restore a backup from before instead."
    raise NotImplementedError(message)
