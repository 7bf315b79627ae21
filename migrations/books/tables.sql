-- The books: ledgers, accounts, entries and their lines, holds, positions.

CREATE TYPE ledger_side AS ENUM ('debit', 'credit');

-- The chart of accounts, written by every migration run from app/ledger/chart.py.
CREATE TABLE ledger_kinds (
    code text COLLATE "C" NOT NULL CONSTRAINT pk_ledger_kinds PRIMARY KEY,
    book text NOT NULL,
    side ledger_side NOT NULL,
    kept_per text NOT NULL,
    limited boolean NOT NULL,
    lock_rank smallint NOT NULL
);

-- The id is made from keeper and book (app/ledger/chart.py), so that nobody looks it up.
CREATE TABLE ledgers (
    id uuid NOT NULL CONSTRAINT pk_ledgers PRIMARY KEY,
    keeper_id uuid NOT NULL,
    book text NOT NULL,
    opened_at timestamptz NOT NULL,
    CONSTRAINT uq_ledgers_keeper_id_book UNIQUE (keeper_id, book),
    CONSTRAINT ck_ledgers_book CHECK (book IN ('money', 'impact', 'social_return'))
);

-- Only a limited account is updated when something is posted to it. The balance of the others is
-- the sum of their lines, so that nobody waits for them.
CREATE TABLE ledger_accounts (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_ledger_accounts PRIMARY KEY,
    ledger_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    owner_id uuid NOT NULL,
    side ledger_side NOT NULL,
    lock_rank smallint NOT NULL,
    limited boolean NOT NULL,
    posted bigint NOT NULL DEFAULT 0,
    held bigint NOT NULL DEFAULT 0,
    CONSTRAINT uq_ledger_accounts_ledger_id_kind_owner_id UNIQUE (ledger_id, kind, owner_id),
    -- One check and no more: PostgreSQL reads its text anew for every statement.
    CONSTRAINT ck_ledger_accounts_within_limit CHECK (held >= 0 AND posted >= held)
) WITH (fillfactor = 50);
CREATE INDEX ix_ledger_accounts_owner_id ON ledger_accounts (owner_id);

-- A reference names an event once. Apart from the entries, because a unique index on a partitioned
-- table must contain the partition's key.
CREATE TABLE ledger_references (
    reference text COLLATE "C" NOT NULL CONSTRAINT pk_ledger_references PRIMARY KEY,
    id uuid NOT NULL
);

CREATE TABLE ledger_entries (
    id uuid NOT NULL,
    kind text NOT NULL,
    reference text COLLATE "C" NOT NULL,
    narration text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    reverses_id uuid,
    evidence text[] NOT NULL,
    line_count smallint NOT NULL,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    CONSTRAINT pk_ledger_entries PRIMARY KEY (id)
) PARTITION BY RANGE (id);

-- No foreign keys, no checks: they cost a quarter of the speed. The door resolves accounts, the
-- trigger on each INSERT compares and checks them, `baat check-books` proves it.
CREATE TABLE ledger_lines (
    entry_id uuid NOT NULL,
    account_id bigint NOT NULL,
    amount bigint NOT NULL,
    ledger_id uuid NOT NULL,
    about_id uuid NOT NULL,
    side ledger_side NOT NULL,
    position smallint NOT NULL,
    CONSTRAINT pk_ledger_lines PRIMARY KEY (entry_id, position)
) PARTITION BY RANGE (entry_id);
CREATE INDEX ix_ledger_lines_account_id_entry_id ON ledger_lines (account_id, entry_id)
    INCLUDE (side, amount);

CREATE TABLE ledger_reversals (
    reverses_id uuid NOT NULL CONSTRAINT pk_ledger_reversals PRIMARY KEY,
    entry_id uuid NOT NULL
);

CREATE TABLE ledger_holds (
    id uuid NOT NULL CONSTRAINT pk_ledger_holds PRIMARY KEY,
    reference text COLLATE "C" NOT NULL,
    account_id bigint NOT NULL,
    about_id uuid NOT NULL,
    quantity bigint NOT NULL,
    posted_quantity bigint NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'pending',
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    entry_id uuid,
    CONSTRAINT ck_ledger_holds_state CHECK (state IN ('pending', 'posted', 'voided', 'expired')),
    CONSTRAINT ck_ledger_holds_posted_is_part CHECK (posted_quantity BETWEEN 0 AND quantity),
    CONSTRAINT ck_ledger_holds_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_ledger_holds_settled CHECK (
        (state = 'pending') = (settled_at IS NULL)
        AND (state = 'posted') = (entry_id IS NOT NULL)
        AND (state = 'posted') = (posted_quantity > 0)
    )
);
CREATE INDEX ix_ledger_holds_account_id_expires_at ON ledger_holds (account_id, expires_at)
    WHERE state = 'pending';

-- What the sequencer has yet to give a position. Numbered on arrival: an entry that could see
-- another one arrived later, so no entry gets a position before one that it builds on.
CREATE TABLE ledger_unsequenced (
    arrival bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_ledger_unsequenced PRIMARY KEY,
    entry_id uuid NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- The order in which the books became known, without gaps.
CREATE TABLE ledger_positions (
    position bigint NOT NULL CONSTRAINT pk_ledger_positions PRIMARY KEY,
    entry_id uuid NOT NULL CONSTRAINT uq_ledger_positions_entry_id UNIQUE,
    known_at timestamptz NOT NULL,
    leaf bytea NOT NULL,
    CONSTRAINT ck_ledger_positions_position_counted CHECK (position >= 1),
    CONSTRAINT ck_ledger_positions_leaf_is_sha256 CHECK (length(leaf) = 32)
);
CREATE INDEX ix_ledger_positions_known_at ON ledger_positions (known_at);

-- What keeps a leaf from being guessed. May be erased; the leaf and its proofs stay.
CREATE TABLE ledger_salts (
    entry_id uuid NOT NULL CONSTRAINT pk_ledger_salts PRIMARY KEY,
    salt bytea NOT NULL
);

-- Running totals per kind of account, at the end of every block of positions; the newest block's
-- row moves with the sequencer.
CREATE TABLE ledger_totals (
    ledger_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    block bigint NOT NULL,
    debit bigint NOT NULL,
    credit bigint NOT NULL,
    CONSTRAINT pk_ledger_totals PRIMARY KEY (ledger_id, kind, block)
);
