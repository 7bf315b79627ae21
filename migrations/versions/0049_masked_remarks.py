"""Of an expert's remark that named somebody who was erased the salt goes as well."""

import sqlalchemy as sa
from alembic import op

revision = "0049_masked_remarks"
down_revision = "0048_masked_words"

# A remark stands with the salt that it was committed to under: who has that guesses the name.
MASKED = r"""
CREATE OR REPLACE FUNCTION privacy_masked(p_value jsonb, p_pattern text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    written text;
    anew jsonb;
BEGIN
    CASE jsonb_typeof(p_value)
    WHEN 'object' THEN
        SELECT coalesce(jsonb_object_agg(key, privacy_masked(value, p_pattern)), '{}') INTO anew
          FROM jsonb_each(p_value);
        IF anew ? 'salt' AND anew -> 'text' <> p_value -> 'text' THEN
            anew := jsonb_set(anew, '{salt}', 'null');
        END IF;
        RETURN anew;
    WHEN 'array' THEN
        RETURN (SELECT coalesce(jsonb_agg(privacy_masked(value, p_pattern) ORDER BY place), '[]')
                  FROM jsonb_array_elements(p_value) WITH ORDINALITY AS e (value, place));
    WHEN 'string' THEN
        written := p_value #>> '{}';
        -- Codes, ids, hashes, actors and dates, as programs write them; an address is none.
        IF written ~ '^([a-z0-9]+([.:/_-][a-z0-9]+)*|[A-Z0-9.:+-]*[0-9][A-Z0-9.:+-]*)$' THEN
            RETURN p_value;
        END IF;
        RETURN to_jsonb(regexp_replace(written, p_pattern, '[erased]', 'gi'));
    ELSE
        RETURN p_value;
    END CASE;
END $$
"""


def upgrade() -> None:
    """Look at what stands beside a text."""
    op.execute(sa.text(MASKED.replace(":", r"\:")))


def downgrade() -> None:
    """Nobody who was erased comes back."""
    message = "Erasures are not taken back: restore a backup from before instead."
    raise NotImplementedError(message)
