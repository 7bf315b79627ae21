-- The door's fast way for one entry that posts no hold: few arguments, and few statements.
--
-- Where it does not fit (the reference was entered before, an account is to be opened, a limit is
-- met) it takes all back and goes the door's own way, which decides. It answers as the door does.

CREATE FUNCTION ledger_enter(
    p_now timestamptz, p_id uuid, p_reference text, p_kind text, p_narration text,
    p_occurred_at timestamptz, p_evidence text,
    l_position smallint[], l_ledger uuid[], l_kind text[], l_owner uuid[],
    l_debit boolean[], l_amount bigint[], l_about uuid[],
    OUT outcome text[], OUT entry uuid[], OUT culprit text[], OUT available bigint[],
    OUT line_account bigint[], OUT account bigint[], OUT posted bigint[], OUT held bigint[]
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
-- A plan that is made while the books are small stays with its session while they grow.
SET enable_seqscan = off AS $$
DECLARE
    lines CONSTANT integer := cardinality(l_kind);
    change record;
BEGIN
    IF (cardinality(l_position), cardinality(l_ledger), cardinality(l_owner), cardinality(l_debit),
        cardinality(l_amount), cardinality(l_about))
       IS DISTINCT FROM (lines, lines, lines, lines, lines, lines)
    THEN
        RAISE EXCEPTION 'no draft' USING ERRCODE = 'BA001';
    END IF;
    WITH named AS (
        INSERT INTO ledger_references (reference, id) VALUES (p_reference, p_id)
            ON CONFLICT DO NOTHING
        RETURNING id
    ), entered AS (
        INSERT INTO ledger_entries (id, kind, reference, narration, occurred_at, recorded_at,
               evidence, line_count)
        SELECT id, p_kind, p_reference, p_narration, p_occurred_at, p_now,
               string_to_array(p_evidence, ' '), lines
          FROM named
    )
    INSERT INTO ledger_lines (entry_id, position, ledger_id, account_id, side, amount, about_id)
    SELECT named.id, l_position[i], l_ledger[i],
           -- An account that is not there yet leaves a NULL, which the table refuses.
           (SELECT a.id FROM ledger_accounts a
             WHERE a.ledger_id = l_ledger[i] AND a.kind = l_kind[i] AND a.owner_id = l_owner[i]),
           CASE l_debit[i] WHEN true THEN 'debit'::ledger_side WHEN false THEN 'credit' END,
           l_amount[i], l_about[i]
      FROM named, generate_series(1, lines) i;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'named before' USING ERRCODE = 'BA001';
    END IF;

    -- The lines come in the order of the locks.
    FOR i IN 1 .. lines LOOP
        UPDATE ledger_accounts a
           SET posted = a.posted + CASE WHEN l_debit[i] = (a.side = 'debit')
                                        THEN l_amount[i] ELSE -l_amount[i] END
         WHERE a.ledger_id = l_ledger[i] AND a.kind = l_kind[i] AND a.owner_id = l_owner[i]
           AND a.limited
           AND (l_debit[i] = (a.side = 'debit') OR a.posted - a.held >= l_amount[i])
        RETURNING a.id, a.posted, a.held INTO change;
        IF NOT FOUND THEN
            -- Apart from the IF above, which would run it as a query for each line.
            IF EXISTS (SELECT FROM ledger_accounts a
                        WHERE a.ledger_id = l_ledger[i] AND a.kind = l_kind[i]
                          AND a.owner_id = l_owner[i] AND a.limited)
            THEN
                RAISE EXCEPTION 'limit' USING ERRCODE = 'BA001';
            END IF;
        END IF;
        -- Nothing where there is no limit.
        account[i] := change.id;
        posted[i] := change.posted;
        held[i] := change.held;
    END LOOP;
    -- Numbered when the accounts are ours, as the door does.
    INSERT INTO ledger_unsequenced (entry_id) VALUES (p_id);
    outcome := ARRAY['posted'];
    entry := ARRAY[p_id];
    line_account := account;
EXCEPTION
    WHEN SQLSTATE 'BA001' OR not_null_violation THEN
        SELECT p.* INTO outcome, entry, culprit, available, line_account, account, posted, held
          FROM ledger_post(p_now, true, ARRAY['entry'], ARRAY[p_id], ARRAY[p_reference],
               ARRAY[p_kind], ARRAY[p_narration], ARRAY[p_occurred_at], ARRAY[p_evidence],
               ARRAY[lines::smallint], ARRAY[NULL::text], ARRAY[NULL::timestamptz],
               ARRAY[NULL::uuid], array_fill(1, ARRAY[lines]), l_position, l_ledger, l_kind,
               l_owner, l_debit, l_amount, l_about) p;
END $$;
