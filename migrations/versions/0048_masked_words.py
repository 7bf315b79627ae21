"""What names an erased person is masked in the words of a document, and nowhere else in it."""

import sqlalchemy as sa
from alembic import op

revision = "0048_masked_words"
down_revision = "0047_audit_findings"

# Anybody may be called like a member, a code or a figure of a document ("Hours", "Building"): with
# those masked nobody could read it any more. And a word after a line's end, which JSON writes as
# two characters, is a word.
MASKED = r"""
CREATE FUNCTION privacy_masked(p_value jsonb, p_pattern text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    written text;
BEGIN
    CASE jsonb_typeof(p_value)
    WHEN 'object' THEN
        RETURN (SELECT coalesce(jsonb_object_agg(key, privacy_masked(value, p_pattern)), '{}')
                  FROM jsonb_each(p_value));
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
# `loose` finds rows in which the pattern could find something, without reading each document.
MASK = r"""
CREATE OR REPLACE FUNCTION privacy_mask(
    p_erasure uuid, p_table text, p_column text, p_words text[], p_authors text[]
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person text;
    kind text;
    pattern text;
    loose text;
    own text := 'true';
    anew text;
    masked bigint;
BEGIN
    SELECT user_id INTO person FROM erasures WHERE id = p_erasure AND finished_at IS NULL;
    SELECT data_type INTO kind FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = p_table AND column_name = p_column;
    IF person IS NULL OR kind IS NULL OR kind NOT IN ('text', 'jsonb')
        OR p_table ~ '^(ledger|log|certificates|invoices|erasures$)' AND p_column <> 'reason'
    THEN
        RAISE EXCEPTION '% of % is not masked', p_column, p_table USING ERRCODE = '23001';
    END IF;
    -- What goes on before or after it is another word, and of an address another address.
    SELECT string_agg(
           CASE WHEN position('@' IN word) > 0
                THEN '(?<![[:alnum:]_.+-])' || escaped || '(?![[:alnum:]_-]|\.[[:alnum:]])'
                ELSE '(?<![[:alnum:]_])' || escaped || '(?![[:alnum:]_])' END, '|'),
           string_agg(escaped || '|' || in_json, '|')
      INTO pattern, loose
      FROM unnest(p_words) word
     CROSS JOIN LATERAL (
           SELECT regexp_replace(regexp_replace(
               word, '([][\\.^$*+?(){}|-])', '\\\1', 'g'), '\s+', '\\s+', 'g') AS escaped) e
     CROSS JOIN LATERAL (
           SELECT regexp_replace(regexp_replace(
               btrim(to_json(word)::text, '"'), '([][\\.^$*+?(){}|-])', '\\\1', 'g'),
               '\s+', '(\\s|\\\\[bfnrt])+', 'g') AS in_json) j
     WHERE length(word) >= 5;
    IF pattern IS NULL THEN
        RETURN 0;
    END IF;
    IF p_authors IS NOT NULL THEN
        SELECT coalesce(string_agg(format('position($2 IN CAST(%I AS text)) > 0', author), ' OR '),
                        'false')
          INTO own FROM unnest(p_authors) author;
    END IF;
    PERFORM set_config(
        'baat.masking', concat(p_table, ' ', CAST(pg_current_xact_id() AS text)), true);
    anew := CASE kind WHEN 'jsonb' THEN 'privacy_masked(%2$I, $1)'
                      ELSE 'regexp_replace(%2$I, $1, ''[erased]'', ''gi'')' END;
    EXECUTE format('WITH masked AS (
            UPDATE %1$I AS t SET %2$I = ' || anew || '
             WHERE CAST(%2$I AS text) ~* $3 AND (%3$s) AND %2$I <> ' || anew || '
            RETURNING to_jsonb(t) ->> ''id'' AS id
        ), forgotten AS (
            DELETE FROM log_salts WHERE CAST(subject_id AS text) IN (SELECT id FROM masked)
        ) SELECT count(*) FROM masked', p_table, p_column, own)
      INTO masked USING pattern, person, loose;
    PERFORM set_config('baat.masking', '', true);
    RETURN masked;
END $$
"""


def upgrade() -> None:
    """Look at each text of a document."""
    for statement in (MASKED, MASK):
        op.execute(sa.text(statement.replace(":", r"\:")))
    op.execute("REVOKE ALL ON FUNCTION privacy_masked(jsonb, text) FROM PUBLIC")


def downgrade() -> None:
    """Nobody who was erased comes back."""
    message = "Erasures are not taken back: restore a backup from before instead."
    raise NotImplementedError(message)
