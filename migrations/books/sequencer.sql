-- The sequencer gives committed entries their positions, their leaves and their place in the
-- totals. One at a time, beside the posting: nobody who posts waits for it.

CREATE FUNCTION ledger_sequence(p_now timestamptz, p_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    -- Totals are kept at the end of every block of so many positions (positions.BLOCK).
    block_size CONSTANT integer := 1000;
    base bigint;
    room integer;
    moment timestamptz;
    given integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('ledger_sequence', 0)) THEN
        RETURN 0;
    END IF;
    SELECT position, known_at INTO base, moment
      FROM ledger_positions ORDER BY position DESC LIMIT 1;
    base := coalesce(base, 0);
    room := least(p_most, block_size - base % block_size);
    -- Machines disagree by moments; what is known never becomes unknown again.
    moment := greatest(p_now, moment);
    WITH taken AS (
        DELETE FROM ledger_unsequenced
         WHERE arrival = ANY (ARRAY(
               SELECT arrival FROM ledger_unsequenced ORDER BY arrival LIMIT room))
        RETURNING arrival, entry_id
    ), placed AS MATERIALIZED (
        SELECT base + row_number() OVER (ORDER BY arrival) AS position, entry_id,
               uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) AS salt
          FROM taken
    ), salts AS (
        INSERT INTO ledger_salts (entry_id, salt) SELECT entry_id, salt FROM placed
    ), lines AS MATERIALIZED (
        SELECT l.entry_id, l.position, l.side, l.amount, l.about_id, a.ledger_id, a.kind, a.owner_id
          FROM placed p
          JOIN ledger_lines l ON l.entry_id = p.entry_id
          JOIN ledger_accounts a ON a.id = l.account_id
    ), pages AS (
        SELECT l.entry_id,
               string_agg(concat_ws(' ', l.side, l.amount, g.keeper_id, l.kind, l.owner_id,
                                    l.about_id), E'\n' ORDER BY l.position) AS page
          FROM lines l JOIN ledgers g ON g.id = l.ledger_id
         GROUP BY l.entry_id
    ), positions AS (
        INSERT INTO ledger_positions (position, entry_id, known_at, leaf)
        -- What a leaf of the public log is the SHA-256 of: one field a line, text as JSON, moments
        -- in UTC. app/ledger/leaves.py says the same in Python, for those who verify. For all at
        -- once: a function for each entry takes three times as long. An entry that is missing
        -- stops the sequencer: no leaf, no position.
        -- Nor was it known before it was recorded, if somebody set the clock back meanwhile.
        SELECT p.position, p.entry_id,
               greatest(moment, max(e.recorded_at) OVER (ORDER BY p.position)),
               CASE WHEN e.id = g.entry_id THEN sha256(convert_to(concat_ws(E'\n',
                   'baat ledger entry 1', encode(p.salt, 'hex'), e.id, to_json(e.kind),
                   to_json(e.reference),
                   to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                   to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                   coalesce(e.reverses_id::text, '-'),
                   to_json(array_to_string(e.evidence, ' ')), to_json(e.narration),
                   g.page), 'UTF8')) END
          FROM placed p
          LEFT JOIN ledger_entries e ON e.id = p.entry_id
          LEFT JOIN pages g ON g.entry_id = p.entry_id
         ORDER BY p.position
    ), moved AS (
        SELECT l.ledger_id, l.kind,
               coalesce(sum(l.amount) FILTER (WHERE l.side = 'debit'), 0) AS debit,
               coalesce(sum(l.amount) FILTER (WHERE l.side = 'credit'), 0) AS credit
          FROM lines l
         GROUP BY l.ledger_id, l.kind
    ), totals AS (
        INSERT INTO ledger_totals (ledger_id, kind, block, debit, credit)
        SELECT m.ledger_id, m.kind, base / block_size, coalesce(t.debit, 0) + m.debit,
               coalesce(t.credit, 0) + m.credit
          FROM moved m
          LEFT JOIN LATERAL (
               SELECT debit, credit FROM ledger_totals
                WHERE ledger_id = m.ledger_id AND kind = m.kind ORDER BY block DESC LIMIT 1
          ) t ON true
            ON CONFLICT (ledger_id, kind, block)
            DO UPDATE SET debit = excluded.debit, credit = excluded.credit
    )
    SELECT count(*) INTO given FROM placed;
    RETURN given;
END $$;
