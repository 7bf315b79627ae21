"""Erasures: a user's row can be emptied, and what names them is masked, by one door only."""

import sqlalchemy as sa
from alembic import op

revision = "0042_privacy"
down_revision = "0041_webhooks"

MOMENT = sa.TIMESTAMP(timezone=True)

# The door says, in its own transaction, which table it masks; nobody else has the right to update.
REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME !~ '^(ledger|log)' AND
        current_setting('baat.masking', true)
        = concat(TG_TABLE_NAME, ' ', CAST(pg_current_xact_id() AS text))
    THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = '23001';
END $$
"""
REFUSE_ALL_BUT_ERASURE = """
CREATE OR REPLACE FUNCTION refuse_all_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND
       ROW(NEW.id, NEW.sha256, NEW.size_bytes, NEW.media_type, NEW.uploaded_by, NEW.created_at)
           = ROW(OLD.id, OLD.sha256, OLD.size_bytes, OLD.media_type, OLD.uploaded_by,
                 OLD.created_at)
       AND ((OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.name IS NULL)
            OR (OLD.erased_at IS NOT DISTINCT FROM NEW.erased_at
                AND current_setting('baat.masking', true)
                    = concat('files ', CAST(pg_current_xact_id() AS text))))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a file is only ever erased: % is refused', TG_OP USING ERRCODE = '23001';
END $$
"""
# Words are whole words, in capitals or not, however they are spaced; in JSON also as it writes
# them. Of what changed and was committed to the salt goes: nobody can tie the rest to it any more.
MASK = r"""
CREATE FUNCTION privacy_mask(
    p_erasure uuid, p_table text, p_column text, p_words text[], p_authors text[]
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person text;
    kind text;
    pattern text;
    own text := 'true';
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
           CASE WHEN position('@' IN escaped) > 0
                THEN '(?<![[:alnum:]_.+-])' || escaped || '(?![[:alnum:]_-]|\.[[:alnum:]])'
                ELSE '(?<![[:alnum:]_])' || escaped || '(?![[:alnum:]_])' END, '|')
      INTO pattern
      FROM (SELECT word AS written FROM unnest(p_words) word
             UNION SELECT btrim(to_json(word)::text, '"') FROM unnest(p_words) word) words
     CROSS JOIN LATERAL (
           SELECT regexp_replace(regexp_replace(
               written, '([][\\.^$*+?(){}|-])', '\\\1', 'g'), '\s+', '\\s+', 'g') AS escaped) e
     WHERE length(written) >= 5;
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
    EXECUTE format('WITH masked AS (
            UPDATE %1$I AS t SET %2$I = CAST(
                   regexp_replace(CAST(%2$I AS text), $1, ''[erased]'', ''gi'') AS %3$s)
             WHERE CAST(%2$I AS text) ~* $1 AND (%4$s) RETURNING to_jsonb(t) ->> ''id'' AS id
        ), forgotten AS (
            DELETE FROM log_salts WHERE CAST(subject_id AS text) IN (SELECT id FROM masked)
        ) SELECT count(*) FROM masked', p_table, p_column, kind, own)
      INTO masked USING pattern, person;
    PERFORM set_config('baat.masking', '', true);
    RETURN masked;
END $$
"""
UNLINK = """
CREATE FUNCTION privacy_unlink(p_erasure uuid, p_account text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person uuid;
BEGIN
    SELECT user_id INTO person FROM erasures WHERE id = p_erasure AND finished_at IS NULL;
    PERFORM set_config(
        'baat.masking', concat('trail_entries ', CAST(pg_current_xact_id() AS text)), true);
    UPDATE trail_entries SET network = NULL, data = data - 'account'
     WHERE (user_id = person OR actor = 'user:' || person OR data ->> 'account' = p_account)
       AND person IS NOT NULL;
    PERFORM set_config('baat.masking', '', true);
END $$
"""
FORGET = """
CREATE FUNCTION ledger_forget(p_entry uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM ledger_salts WHERE entry_id = p_entry;
    RETURN FOUND;
END $$
"""
FUNCTIONS = (
    "privacy_mask(uuid, text, text, text[], text[])",
    "privacy_unlink(uuid, text)",
    "ledger_forget(uuid)",
)


def upgrade() -> None:
    """Make the table of erasures and the doors."""
    op.add_column("users", sa.Column("erased_at", MOMENT))
    op.alter_column("users", "password_hash", nullable=True)
    op.create_check_constraint(
        op.f("ck_users_erased_means_no_password"),
        "users",
        "(erased_at IS NULL) = (password_hash IS NOT NULL)",
    )
    op.add_column("mails", sa.Column("recipient_mark", sa.LargeBinary()))
    op.create_index(op.f("ix_mails_recipient_mark"), "mails", ["recipient_mark"])
    op.create_table(
        "erasures",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("sealed_words", sa.LargeBinary()),
        sa.Column("masked_count", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (sealed_words IS NOT NULL)",
            name=op.f("ck_erasures_words_until_finished"),
        ),
        sa.CheckConstraint("masked_count >= 0", name=op.f("ck_erasures_masked_is_counted")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_erasures_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("user_id", name=op.f("uq_erasures_user_id")),
    )
    for statement in (REFUSE_CHANGE, REFUSE_ALL_BUT_ERASURE, MASK, UNLINK, FORGET):
        op.execute(sa.text(statement.replace(":", r"\:")))
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")


def downgrade() -> None:
    """Nobody who was erased comes back."""
    message = "Erasures are not taken back: restore a backup from before instead."
    raise NotImplementedError(message)
