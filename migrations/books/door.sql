-- The door: everything that is entered in the books comes through `ledger_post`, or through
-- `ledger_enter` (enter.sql), its short way for one plain entry.
--
-- Its arrays hold any number of drafts (d_…) and of lines (l_…, each naming its draft by number):
--   entry     a journal entry; with d_hold it posts that hold, and its lines take what is posted
--   reversal  the mirror of d_reverses; the lines are built here
--   hold      one line that names account and amount; d_expires_at says how long
--   void, extend   end or prolong the hold d_hold
--
-- It tries the fast way first: write all, then update the limited accounts, the hottest last. Where
-- that meets a limit, a hold that ended or a second reversal, it takes all back and goes the careful
-- way: lock first, free what expired, decide draft by draft (careful.sql). A refusal is a word in
-- `outcome`, not an error; with p_together one refusal leaves out all.
--
-- Locks are taken in one order: what is reversed, references by name, accounts by rank, ledger and
-- owner, then holds. So two calls never wait for each other, and a transaction calls once. A client
-- that sends its lines in another order endangers nobody's money: it may meet a deadlock, and that
-- is all. One that sends what is no draft, or lines that belong to none, is refused (22023).

CREATE FUNCTION ledger_post(
    p_now timestamptz, p_together boolean,
    d_op text[], d_id uuid[], d_reference text[], d_kind text[], d_narration text[],
    d_occurred_at timestamptz[], d_evidence text[], d_lines smallint[],
    d_hold text[], d_expires_at timestamptz[], d_reverses uuid[],
    l_draft integer[], l_position smallint[], l_ledger uuid[], l_kind text[], l_owner uuid[],
    l_debit boolean[], l_amount bigint[], l_about uuid[],
    OUT outcome text[], OUT entry uuid[], OUT culprit text[], OUT available bigint[],
    OUT line_account bigint[], OUT account bigint[], OUT posted bigint[], OUT held bigint[]
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
-- A plan that is made while the books are small stays with its session while they grow.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    drafts CONSTANT integer := cardinality(d_op);
    ends_holds CONSTANT boolean := cardinality(array_remove(d_hold, NULL)) > 0;
    with_reversals CONSTANT boolean := 'reversal' = ANY (d_op);
    named CONSTANT integer := cardinality(array_remove(array_remove(d_op, 'void'), 'extend'));
    lines smallint[] := array_fill(0::smallint, ARRAY[drafts]);
    careful boolean := false;
    op text[];
    fresh text[];
    incomplete boolean;
    l_rank smallint[];
    l_sign integer[];
    h_id uuid[];
    h_account bigint[];
    h_quantity bigint[];
    taken bigint[];
    written integer;
    repeated boolean;
    posted_ bigint;
    held_ bigint;
    change record;
BEGIN
    -- Arrays are read by number and in rows: both must see the same.
    IF (array_dims(d_id), array_dims(d_reference), array_dims(d_kind), array_dims(d_narration),
        array_dims(d_occurred_at), array_dims(d_evidence), array_dims(d_hold),
        array_dims(d_expires_at), array_dims(d_reverses)) IS DISTINCT FROM
       (array_dims(d_op), array_dims(d_op), array_dims(d_op), array_dims(d_op), array_dims(d_op),
        array_dims(d_op), array_dims(d_op), array_dims(d_op), array_dims(d_op))
       OR (array_dims(l_position), array_dims(l_ledger), array_dims(l_kind), array_dims(l_owner),
           array_dims(l_debit), array_dims(l_amount), array_dims(l_about)) IS DISTINCT FROM
          (array_dims(l_draft), array_dims(l_draft), array_dims(l_draft), array_dims(l_draft),
           array_dims(l_draft), array_dims(l_draft), array_dims(l_draft))
    THEN
        RAISE EXCEPTION 'the arrays of drafts, or of lines, differ in their bounds'
            USING ERRCODE = '22023';
    END IF;
    FOR n IN 1 .. drafts LOOP
        IF (CASE d_op[n]
                WHEN 'entry' THEN d_reverses[n] IS NULL AND d_lines[n] > 0
                WHEN 'reversal' THEN d_reverses[n] IS NOT NULL AND d_hold[n] IS NULL
                WHEN 'hold' THEN d_reverses[n] IS NULL AND d_hold[n] IS NULL AND d_lines[n] = 1
                WHEN 'void' THEN d_hold[n] IS NOT NULL AND d_lines[n] = 0
                WHEN 'extend' THEN d_hold[n] IS NOT NULL AND d_lines[n] = 0
            END) IS NOT TRUE THEN
            RAISE EXCEPTION 'draft % is no entry, reversal, hold, void or extension', n
                USING ERRCODE = '22023';
        END IF;
    END LOOP;

    IF with_reversals THEN
        SELECT m.lines, l_draft || m.draft, l_position || m.position, l_ledger || m.ledger,
               l_kind || m.kind, l_owner || m.owner, l_debit || m.debit, l_amount || m.amount,
               l_about || m.about
          INTO d_lines, l_draft, l_position, l_ledger, l_kind, l_owner, l_debit, l_amount, l_about
          FROM ledger_mirrored(d_op, d_reverses, d_lines) m;
        careful := 0 = ANY (d_lines);
    END IF;

    IF ends_holds THEN
        SELECT array_agg(h.id ORDER BY n), array_agg(h.account_id ORDER BY n),
               array_agg(h.quantity ORDER BY n)
          INTO h_id, h_account, h_quantity
          FROM unnest(d_hold) WITH ORDINALITY d(reference, n)
          LEFT JOIN ledger_references r ON r.reference = d.reference
          LEFT JOIN ledger_holds h ON h.id = r.id;
        taken := array_fill(0::bigint, ARRAY[drafts]);
    END IF;

    LOOP
        SELECT array_agg(a.id ORDER BY l.n),
               array_agg(CASE WHEN a.limited THEN a.lock_rank END ORDER BY l.n),
               array_agg(CASE WHEN l.debit = (a.side = 'debit') THEN 1 ELSE -1 END ORDER BY l.n),
               count(*) FILTER (WHERE a.id IS NULL) > 0
          INTO line_account, l_rank, l_sign, incomplete
          FROM unnest(l_ledger, l_kind, l_owner, l_debit) WITH ORDINALITY
               l(ledger, kind, owner, debit, n)
          LEFT JOIN ledger_accounts a
            ON a.ledger_id = l.ledger AND a.kind = l.kind AND a.owner_id = l.owner;
        EXIT WHEN NOT incomplete;
        PERFORM ledger_open_accounts(l_ledger, l_kind, l_owner);
    END LOOP;
    FOR i IN 1 .. cardinality(l_kind) LOOP
        lines[l_draft[i]] := lines[l_draft[i]] + 1;
        IF h_account[l_draft[i]] = line_account[i] THEN
            taken[l_draft[i]] := taken[l_draft[i]] - l_sign[i] * l_amount[i];
        END IF;
        IF l_rank[i] IS NULL AND d_op[l_draft[i]] = 'hold' THEN
            RAISE EXCEPTION '% has no limit, so nothing of it is held', l_kind[i]
                USING ERRCODE = '22023';
        END IF;
    END LOOP;
    IF lines IS DISTINCT FROM d_lines THEN
        RAISE EXCEPTION 'the drafts say they have % lines, and % came', d_lines, lines
            USING ERRCODE = '22023';
    END IF;

    LOOP
        BEGIN
            op := d_op;
            entry := d_id;
            outcome := array_fill('posted'::text, ARRAY[drafts]);
            account := '{}';
            posted := '{}';
            held := '{}';

            IF drafts = 1 AND named = 1 THEN
                INSERT INTO ledger_references (reference, id) VALUES (d_reference[1], d_id[1])
                    ON CONFLICT DO NOTHING;
                repeated := NOT FOUND;
                fresh := '{}';
            ELSE
                WITH written AS (
                    INSERT INTO ledger_references (reference, id)
                    SELECT d.reference, d.id
                      FROM unnest(d_op, d_reference, d_id) WITH ORDINALITY d(op, reference, id, n)
                     WHERE d.op IN ('entry', 'reversal', 'hold')
                     ORDER BY d.reference, d.n
                        ON CONFLICT DO NOTHING
                    RETURNING reference
                )
                SELECT array_agg(reference), count(*) < named INTO fresh, repeated FROM written;
            END IF;
            IF repeated THEN
                -- Whoever named it first has committed, for the INSERT above waited for that.
                op := ledger_named_before(op, d_reference, fresh);
            END IF;

            IF careful THEN
                SELECT c.op, c.outcome, c.culprit, c.available
                  INTO op, outcome, culprit, available
                  FROM ledger_decide(p_now, op, d_id, d_reference, d_hold, d_expires_at,
                       d_reverses, d_lines, h_id, h_account, h_quantity, taken, l_draft,
                       line_account, l_rank, l_sign, l_amount) c;
            END IF;

            IF op && ARRAY['entry', 'reversal'] THEN
                INSERT INTO ledger_entries (id, kind, reference, narration, occurred_at,
                       recorded_at, reverses_id, evidence, line_count)
                SELECT d_id[n], d_kind[n], d_reference[n], d_narration[n], d_occurred_at[n], p_now,
                       d_reverses[n], string_to_array(d_evidence[n], ' '), d_lines[n]
                  FROM generate_series(1, drafts) n
                 WHERE op[n] IN ('entry', 'reversal');
                INSERT INTO ledger_lines (entry_id, position, ledger_id, account_id, side, amount,
                       about_id)
                SELECT d_id[l.draft], l.position, l.ledger, l.account,
                       CASE l.debit WHEN true THEN 'debit'::ledger_side WHEN false THEN 'credit' END,
                       l.amount, l.about
                  FROM unnest(l_draft, l_position, line_account, l_ledger, l_debit, l_amount,
                              l_about)
                       l(draft, position, account, ledger, debit, amount, about)
                 WHERE op[l.draft] IN ('entry', 'reversal');
            END IF;

            IF 'hold' = ANY (op) THEN
                INSERT INTO ledger_holds (id, reference, account_id, about_id, quantity, expires_at,
                       created_at)
                SELECT d_id[l.draft], d_reference[l.draft], l.account, l.about, l.amount,
                       d_expires_at[l.draft], p_now
                  FROM unnest(l_draft, line_account, l_amount, l_about)
                       l(draft, account, amount, about)
                 WHERE op[l.draft] = 'hold';
            END IF;

            IF with_reversals THEN
                INSERT INTO ledger_reversals (reverses_id, entry_id)
                SELECT d.reverses, d.id FROM unnest(op, d_reverses, d_id) d(op, reverses, id)
                 WHERE d.op = 'reversal'
                 ORDER BY d.reverses
                    ON CONFLICT DO NOTHING;
                GET DIAGNOSTICS written = ROW_COUNT;
                IF written < cardinality(array_positions(op, 'reversal')) THEN
                    RAISE EXCEPTION 'reversed before' USING ERRCODE = 'BA001';
                END IF;
            END IF;

            IF drafts = 1 AND op[1] IN ('entry', 'hold') AND NOT ends_holds AND NOT careful THEN
                -- The usual case. The lines come in the order of the locks.
                FOR i IN 1 .. cardinality(l_rank) LOOP
                    CONTINUE WHEN l_rank[i] IS NULL;
                    posted_ := CASE op[1] WHEN 'entry' THEN l_sign[i] * l_amount[i] ELSE 0 END;
                    held_ := CASE op[1] WHEN 'hold' THEN l_amount[i] ELSE 0 END;
                    UPDATE ledger_accounts a SET posted = a.posted + posted_, held = a.held + held_
                     WHERE a.id = line_account[i] AND a.posted - a.held + posted_ - held_ >= 0
                    RETURNING a.posted, a.held INTO posted_, held_;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'limit' USING ERRCODE = 'BA001';
                    END IF;
                    account := account || line_account[i];
                    posted := posted || posted_;
                    held := held || held_;
                END LOOP;
            ELSE
                WITH changes AS (
                    SELECT c.account, sum(c.posted)::bigint AS posted, sum(c.held)::bigint AS held,
                           -- As if every draft that takes came before all that give.
                           sum(least(c.posted - c.held, 0))::bigint AS worst
                      FROM ledger_changes(op, h_account, h_quantity, l_draft, line_account,
                                          l_rank, l_sign, l_amount) c
                     GROUP BY c.account
                ), locked AS MATERIALIZED (
                    SELECT c.*
                      FROM changes c JOIN ledger_accounts a ON a.id = c.account
                     ORDER BY a.lock_rank, a.ledger_id, a.owner_id
                       FOR UPDATE OF a
                ), moved AS (
                    UPDATE ledger_accounts a
                       SET posted = a.posted + c.posted, held = a.held + c.held
                      FROM locked c
                     WHERE a.id = c.account AND a.held + c.held >= 0
                       AND (careful OR a.posted - a.held + c.worst >= 0)
                    RETURNING a.id, a.posted, a.held
                )
                SELECT coalesce(array_agg(m.id), '{}'), coalesce(array_agg(m.posted), '{}'),
                       coalesce(array_agg(m.held), '{}'),
                       count(*) < (SELECT count(*) FROM locked)
                  INTO account, posted, held, incomplete
                  FROM moved m;
                IF incomplete THEN
                    RAISE EXCEPTION 'limit' USING ERRCODE = 'BA001';
                END IF;
            END IF;

            -- After the accounts, always: whoever has an account's row may take its holds.
            IF ends_holds AND NOT careful THEN
                FOR n IN 1 .. drafts LOOP
                    CONTINUE WHEN d_hold[n] IS NULL OR op[n] = 'named before';
                    IF NOT ledger_end_hold(p_now, op[n], h_id[n], d_id[n], d_expires_at[n],
                        taken[n])
                    THEN
                        RAISE EXCEPTION 'hold' USING ERRCODE = 'BA001';
                    END IF;
                END LOOP;
            END IF;

            -- Numbered when the accounts are ours: whoever took from them before us has committed,
            -- and has an earlier number.
            IF op && ARRAY['entry', 'reversal'] THEN
                INSERT INTO ledger_unsequenced (entry_id)
                SELECT d_id[n] FROM generate_series(1, drafts) n
                 WHERE op[n] IN ('entry', 'reversal')
                 ORDER BY n;
            END IF;

            IF repeated OR careful THEN
                SELECT c.outcome, c.entry INTO outcome, entry
                  FROM ledger_compare(op, d_op, outcome, d_id, d_reference, d_kind, d_narration,
                       d_occurred_at, d_evidence, d_reverses, d_hold, h_id, l_draft, l_position,
                       line_account, l_debit, l_amount, l_about) c;
                IF p_together AND NOT outcome <@ ARRAY['posted', 'replayed'] THEN
                    RAISE EXCEPTION 'one refusal leaves out all' USING ERRCODE = 'BA002';
                END IF;
            END IF;
            RETURN;
        EXCEPTION
            WHEN SQLSTATE 'BA001' THEN
                IF careful THEN
                    RAISE;
                END IF;
                careful := true;
            WHEN SQLSTATE 'BA002' THEN
                outcome := array_replace(outcome, 'posted', 'left out');
                account := '{}';
                posted := '{}';
                held := '{}';
                RETURN;
        END;
    END LOOP;
END $$;
