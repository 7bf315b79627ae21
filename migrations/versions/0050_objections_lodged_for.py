"""Whose objection it is: the contractor for which somebody lodged it."""

import sqlalchemy as sa
from alembic import op

revision = "0050_objections_lodged_for"
down_revision = "0049_masked_remarks"

TABLE, COLUMN = "obligation_objections", "lodged_for_id"

# Of whoever works for a contractor it is that one's; of a sole contractor whoever lodged it.
BEFORE = """
UPDATE obligation_objections x SET lodged_for_id = (
    SELECT party.id
      FROM (SELECT o.id, count(*) OVER () AS parties,
                   EXISTS (SELECT FROM memberships m
                            WHERE m.organisation_id = o.id AND m.user_id = x.lodged_by_id) AS works
              FROM obligations b
              JOIN contract_parties p ON p.contract_id = b.contract_id
              JOIN organisations o ON o.id = p.organisation_id
                OR o.verified_at IS NOT NULL AND o.register_number = p.identifier
                   AND (p.scheme, o.country) IN (
                       ('NL-KVK', 'NL'), ('BE-BCE_KBO', 'BE'), ('DE-CR', 'DE'),
                       ('FR-RCS', 'FR'), ('GB-COH', 'GB'), ('LU-RCS', 'LU'))
             WHERE b.id = x.obligation_id
             GROUP BY o.id) party
     WHERE party.works OR party.parties = 1
     ORDER BY party.works DESC, party.id
     LIMIT 1)
"""


def upgrade() -> None:
    """Add the column, and fill it in as far as is known."""
    op.add_column(TABLE, sa.Column(COLUMN, sa.Uuid()))
    op.execute(BEFORE)
    op.create_foreign_key(op.f(f"fk_{TABLE}_{COLUMN}"), TABLE, "organisations", [COLUMN], ["id"])


def downgrade() -> None:
    """Forget it."""
    op.drop_column(TABLE, COLUMN)
