"""Contracts with their amendments, obligations, and what was decided about them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025_obligations"
down_revision = "0024_authority_rules"

MOMENT = sa.TIMESTAMP(timezone=True)
KEPT = {"rights": "SELECT, INSERT, UPDATE"}
GROWS = {"rights": "SELECT, INSERT", "append_only": True}
GROWING = ("contract_amendments", "contract_parties", "obligation_decisions")


def upgrade() -> None:
    """Make the tables; amendments, parties and decisions only grow."""
    _contracts()
    _contract_amendments()
    _contract_parties()
    _obligations()
    _obligation_decisions()
    _obligation_proposals()
    for table in GROWING:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _contracts() -> None:
    op.create_table(
        "contracts",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column(
            "origin", _one_of("contractorigin", "authority", "contractor", "import"), nullable=False
        ),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("rules_id", sa.Uuid(), nullable=True),
        sa.Column("reaches_threshold", sa.Boolean(), nullable=True),
        sa.Column("has_clause", sa.Boolean(), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("report_in_due_on", sa.Date(), nullable=True),
        sa.Column("reported_in_at", MOMENT, nullable=True),
        sa.Column("registered_by_id", sa.Uuid(), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_contracts_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"], ["users.id"], name=op.f("fk_contracts_registered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["authority_rules.id"], name=op.f("fk_contracts_rules_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
        sa.UniqueConstraint(
            "authority_id", "reference", name=op.f("uq_contracts_authority_id_reference")
        ),
        info=KEPT,
    )
    op.create_index(op.f("ix_contracts_authority_id_id"), "contracts", ["authority_id", "id"])
    op.create_index(
        "uq_contracts_source_key",
        "contracts",
        ["authority_id", "source_key"],
        unique=True,
        postgresql_where=sa.text("source_key IS NOT NULL"),
    )


def _contract_amendments() -> None:
    op.create_table(
        "contract_amendments",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", _one_of("contractkind", "services", "works", "supplies"), nullable=False),
        sa.Column("has_clause", sa.Boolean(), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column(
            "base",
            _one_of(
                "obligationbase", "contract-sum", "tender-sum", "invoiced-turnover", "wage-bill"
            ),
            nullable=True,
        ),
        sa.Column("basis_points", sa.BigInteger(), nullable=True),
        sa.Column("contract_sum_cents", sa.BigInteger(), nullable=True),
        sa.Column("tender_sum_cents", sa.BigInteger(), nullable=True),
        sa.Column("invoiced_turnover_cents", sa.BigInteger(), nullable=True),
        sa.Column("wage_bill_cents", sa.BigInteger(), nullable=True),
        sa.Column("labour_share_basis_points", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_contract_amendments_number_positive")),
        sa.CheckConstraint(
            "starts_on <= ends_on", name=op.f("ck_contract_amendments_starts_before_it_ends")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_amendments_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_contract_amendments_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_amendments")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_contract_amendments_contract_id_number")
        ),
        info=GROWS,
    )


def _contract_parties() -> None:
    op.create_table(
        "contract_parties",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("role", _one_of("partyrole", "contractor", "joint"), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_parties_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_contract_parties_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_parties")),
        sa.UniqueConstraint(
            "contract_id",
            "scheme",
            "identifier",
            name=op.f("uq_contract_parties_contract_id_scheme_identifier"),
        ),
        info=GROWS,
    )
    op.create_index(
        op.f("ix_contract_parties_organisation_id"), "contract_parties", ["organisation_id"]
    )
    op.create_index(
        op.f("ix_contract_parties_scheme_identifier"), "contract_parties", ["scheme", "identifier"]
    )


def _obligations() -> None:
    op.create_table(
        "obligations",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("rules_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            _one_of(
                "obligationstate",
                "registered",
                "confirmed",
                "active",
                "fulfilled",
                "in_recovery",
                "settled",
                "sanctioned",
                "waived",
            ),
            nullable=False,
        ),
        sa.Column("computed_cents", sa.BigInteger(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("amendment_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_cents", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recovery_ends_on", sa.Date(), nullable=True),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'registered') = (confirmed_cents IS NULL)",
            name=op.f("ck_obligations_confirmed_how_much"),
        ),
        sa.CheckConstraint("computed_cents >= 0", name=op.f("ck_obligations_computed_sensible")),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["contract_amendments.id"], name=op.f("fk_obligations_amendment_id")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_obligations_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_obligations_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["authority_rules.id"], name=op.f("fk_obligations_rules_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligations")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_obligations_contract_id")),
        info=KEPT,
    )
    op.create_index(op.f("ix_obligations_authority_id_id"), "obligations", ["authority_id", "id"])
    op.create_index(
        op.f("ix_obligations_remind_on"),
        "obligations",
        ["remind_on"],
        postgresql_where=sa.text("remind_on IS NOT NULL"),
    )
    op.create_index(op.f("ix_obligations_state_due_on"), "obligations", ["state", "due_on"])


def _obligation_decisions() -> None:
    op.create_table(
        "obligation_decisions",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            _one_of(
                "obligationdecisionkind",
                "registered",
                "computed",
                "confirmed",
                "raised",
                "lowered",
                "began",
                "fulfilled",
                "reopened",
                "recovery-began",
                "proposed",
                "proposal-refused",
                "waived",
                "sanctioned",
                "settled",
            ),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligations.id"],
            name=op.f("fk_obligation_decisions_obligation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation_decisions")),
        info=GROWS,
    )
    op.create_index(
        op.f("ix_obligation_decisions_obligation_id_id"),
        "obligation_decisions",
        ["obligation_id", "id"],
    )


def _obligation_proposals() -> None:
    op.create_table(
        "obligation_proposals",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("proposalkind", "waiver", "sanction"), nullable=False),
        sa.Column("side", _one_of("proposalside", "authority", "contractor"), nullable=False),
        sa.Column("state", _one_of("proposalstate", "open", "approved", "refused"), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("withheld_cents", sa.BigInteger(), nullable=True),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by_id IS NULL)",
            name=op.f("ck_obligation_proposals_decided_by_whom"),
        ),
        sa.CheckConstraint(
            "amount_cents > 0", name=op.f("ck_obligation_proposals_amount_positive")
        ),
        sa.CheckConstraint(
            "decided_by_id <> proposed_by_id", name=op.f("ck_obligation_proposals_four_eyes")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_obligation_proposals_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligations.id"],
            name=op.f("fk_obligation_proposals_obligation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["users.id"], name=op.f("fk_obligation_proposals_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation_proposals")),
        info=KEPT,
    )
    op.create_index(
        op.f("ix_obligation_proposals_obligation_id_id"),
        "obligation_proposals",
        ["obligation_id", "id"],
    )
    op.create_index(
        "uq_obligation_proposals_open",
        "obligation_proposals",
        ["obligation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    """Obligations are what people are held to: they are not given back."""
    message = "Obligations are not given back: restore a backup from before instead."
    raise NotImplementedError(message)
