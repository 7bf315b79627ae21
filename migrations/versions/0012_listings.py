"""Listings, and the market as everybody reads it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_listings"
down_revision = "0011_valuations"

MOMENT = sa.TIMESTAMP(timezone=True)
STATES = (
    *("draft", "submitted", "returned", "eligible", "rejected", "valued", "listed", "funded"),
    *("running", "reporting", "completed", "withdrawn", "not_funded", "stopped"),
)
REFERS = {
    "project_id": "projects",
    "scheme_id": "schemes",
    "round_id": "rounds",
    "entrepreneur_id": "organisations",
    "plan_version_id": "plan_versions",
    "valuation_id": "valuations",
    "policy_id": "scheme_policies",
}
DOCUMENTS = ("title", "summary", "content", "attachments", "valuation")
SEARCHED = (
    "setweight(to_tsvector('dutch'::regconfig, coalesce(title ->> 'nl', '')), 'A')"
    " || setweight(to_tsvector('english'::regconfig, coalesce(title ->> 'en', '')), 'A')"
    " || to_tsvector('dutch'::regconfig, coalesce(summary ->> 'nl', '') || ' '"
    " || coalesce(content #>> '{objectives,nl}', ''))"
    " || to_tsvector('english'::regconfig, coalesce(summary ->> 'en', '') || ' '"
    " || coalesce(content #>> '{objectives,en}', ''))"
)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Make the tables; listings only grow."""
    op.create_table(
        "listings",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in REFERS),
        *(sa.Column(name, postgresql.JSONB(), nullable=False) for name in DOCUMENTS),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("target_groups", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("threshold_units", sa.BigInteger(), nullable=False),
        sa.Column("impact_units", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("buyer_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("listed_by", sa.Text(), nullable=False),
        sa.Column("listed_at", MOMENT, nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(SEARCHED, persisted=True),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "0 < threshold_units AND threshold_units <= impact_units",
            name=op.f("ck_listings_threshold_within_value"),
        ),
        sa.CheckConstraint("0 < unit_price_cents", name=op.f("ck_listings_price_positive")),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_listings_{name}"))
            for name, table in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint("project_id", name=op.f("uq_listings_project_id")),
        info={"rights": "SELECT, INSERT", "append_only": True},
    )
    for name in ("scheme_id", "round_id", "municipality"):
        op.create_index(op.f(f"ix_listings_{name}"), "listings", [name])
    for name in ("search", "target_groups"):
        op.create_index(op.f(f"ix_listings_{name}"), "listings", [name], postgresql_using="gin")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON listings"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    _make_market()


def _make_market() -> None:
    op.create_table(
        "market_entries",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("listed_at", MOMENT, nullable=False),
        sa.Column("buyer_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("state", _one_of("projectstate", *STATES), nullable=False),
        sa.Column("sale", _one_of("sale", "upcoming", "running", "ended"), nullable=False),
        sa.Column(
            "is_over", sa.Boolean(), sa.Computed("sale = 'ended'", persisted=True), nullable=False
        ),
        sa.Column("entrepreneur_name", sa.Text(), nullable=False),
        sa.Column("sale_begins_at", MOMENT, nullable=False),
        sa.Column("sale_ends_at", MOMENT, nullable=False),
        sa.Column("sold_units", sa.BigInteger(), nullable=False),
        sa.Column("reserved_units", sa.BigInteger(), nullable=False),
        sa.Column("remaining_units", sa.BigInteger(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("progress_percent", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_market_entries_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_market_entries")),
    )
    for name in ("listed_at", "sale_ends_at", "progress_percent", "buyer_price_cents"):
        columns = ["is_over", name, "project_id"]
        op.create_index(op.f(f"ix_market_entries_{'_'.join(columns)}"), "market_entries", columns)
    op.create_table(
        "market_versions",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_market_versions_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_versions")),
    )
    op.execute("INSERT INTO market_versions (id, number) VALUES (1, 1)")


def downgrade() -> None:
    """History is not given back."""
    message = "What was listed is history: drop the database instead."
    raise NotImplementedError(message)
