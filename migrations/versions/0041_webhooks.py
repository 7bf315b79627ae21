"""Webhooks: endpoints, what they are signed with, deliveries and attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0041_webhooks"
down_revision = "0040_event_log"

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    # A replay names a moment.
    op.create_index("ix_event_positions_placed_at", "event_positions", ["placed_at"])
    _endpoints()
    _deliveries()


def downgrade() -> None:
    """Nobody was promised that a webhook comes."""
    for table in ("webhook_attempts", "webhook_deliveries", "webhook_pairs", "webhook_endpoints"):
        op.drop_table(table)
    op.drop_index("ix_event_positions_placed_at", "event_positions")


def _required(name: str, kind: sa.types.TypeEngine[object]) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False)


def _id(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))
    return _required("id", sa.Uuid()), key


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _refers(table: str, column: str, to: str, **more: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), **more
    )


def _endpoints() -> None:
    table = "webhook_endpoints"
    op.create_table(
        table,
        *_id(table),
        _required("organisation_id", sa.Uuid()),
        _required("url", sa.Text()),
        _required("description", sa.Text()),
        _required("types", sa.ARRAY(sa.Text())),
        _required("state", _one_of("endpointstate", "enabled", "disabled", "gone", "failing")),
        sa.Column("failing_since", MOMENT),
        _required("made_by_id", sa.Uuid()),
        _required("made_at", MOMENT),
        _required("version", sa.Integer()),
        _refers(table, "organisation_id", "organisations"),
        _refers(table, "made_by_id", "users"),
    )
    op.create_index("ix_webhook_endpoints_organisation_id", table, ["organisation_id"])
    table = "webhook_pairs"
    op.create_table(
        table,
        *_id(table),
        _required("endpoint_id", sa.Uuid()),
        _required("sealed", sa.LargeBinary()),
        _required("public_key", sa.LargeBinary()),
        _required("made_at", MOMENT),
        sa.Column("ends_at", MOMENT),
        _check(table, "public_key_is_ed25519", "length(public_key) = 32"),
        _refers(table, "endpoint_id", "webhook_endpoints", ondelete="CASCADE"),
    )
    op.create_index("ix_webhook_pairs_endpoint_id", table, ["endpoint_id"])


def _deliveries() -> None:
    table = "webhook_deliveries"
    op.create_table(
        table,
        *_id(table),
        _required("endpoint_id", sa.Uuid()),
        _required("message_id", sa.Uuid()),
        _required("type", sa.Text()),
        _required("state", _one_of("deliverystate", "waiting", "delivered", "failed")),
        _required("due_at", MOMENT),
        _required("failures", sa.Integer()),
        sa.Column("held_until", MOMENT),
        sa.Column("lease", sa.Uuid()),
        sa.Column("last_status", sa.SmallInteger()),
        _required("created_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        _check(table, "failures_counted", "failures >= 0"),
        _check(table, "the_end_has_a_moment", "(state = 'waiting') = (finished_at IS NULL)"),
        _refers(table, "endpoint_id", "webhook_endpoints", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "endpoint_id", "message_id", name=op.f("uq_webhook_deliveries_endpoint_id_message_id")
        ),
    )
    op.create_index("ix_webhook_deliveries_endpoint_id_id", table, ["endpoint_id", "id"])
    op.create_index("ix_webhook_deliveries_created_at", table, ["created_at"])
    op.create_index(
        "ix_webhook_deliveries_waiting",
        table,
        ["endpoint_id", "due_at", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_webhook_deliveries_held",
        table,
        ["endpoint_id", "held_until"],
        postgresql_where=sa.text("held_until IS NOT NULL"),
    )
    table = "webhook_attempts"
    op.create_table(
        table,
        *_id(table),
        _required("delivery_id", sa.Uuid()),
        _required("sent_at", MOMENT),
        _required("duration_ms", sa.BigInteger()),
        sa.Column("status", sa.SmallInteger()),
        sa.Column("error", sa.Text()),
        sa.Column("excerpt", sa.Text()),
        _refers(table, "delivery_id", "webhook_deliveries", ondelete="CASCADE"),
    )
    op.create_index("ix_webhook_attempts_delivery_id", table, ["delivery_id"])
