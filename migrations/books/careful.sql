-- What the door does only now and then: open accounts, mirror, decide, hold, compare.

CREATE FUNCTION ledger_open(p_id uuid, p_keeper uuid, p_book text, p_now timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledgers (id, keeper_id, book, opened_at) VALUES (p_id, p_keeper, p_book, p_now)
        ON CONFLICT DO NOTHING;
    RETURN (SELECT id FROM ledgers WHERE keeper_id = p_keeper AND book = p_book);
END $$;

CREATE FUNCTION ledger_open_accounts(l_ledger uuid[], l_kind text[], l_owner uuid[])
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    stranger record;
BEGIN
    SELECT l.ledger, l.kind, k.code IS NULL AS no_kind INTO stranger
      FROM unnest(l_ledger, l_kind) l(ledger, kind)
      LEFT JOIN ledger_kinds k ON k.code = l.kind
      LEFT JOIN ledgers g ON g.id = l.ledger AND g.book = k.book
     WHERE g.id IS NULL
     LIMIT 1;
    IF FOUND AND stranger.no_kind THEN
        RAISE EXCEPTION 'the chart of accounts has no %', stranger.kind USING ERRCODE = '23503';
    ELSIF FOUND THEN
        RAISE EXCEPTION 'no ledger % is open for %', stranger.ledger, stranger.kind
            USING ERRCODE = '23503';
    END IF;
    -- In one order, so that two that open the same accounts do not wait for each other.
    INSERT INTO ledger_accounts (ledger_id, kind, owner_id, side, lock_rank, limited)
    SELECT DISTINCT l.ledger, k.code, l.owner, k.side, k.lock_rank, k.limited
      FROM unnest(l_ledger, l_kind, l_owner) l(ledger, kind, owner)
      JOIN ledger_kinds k ON k.code = l.kind
     ORDER BY l.ledger, k.code, l.owner
        ON CONFLICT DO NOTHING;
END $$;

-- The lines of what is to be reversed, on the other side; `lines` is 0 for what can't be.
CREATE FUNCTION ledger_mirrored(
    d_op text[], d_reverses uuid[], d_lines smallint[],
    OUT lines smallint[], OUT draft integer[], OUT "position" smallint[], OUT ledger uuid[],
    OUT kind text[], OUT owner uuid[], OUT debit boolean[], OUT amount bigint[], OUT about uuid[]
) LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    -- Two that reverse the same wait here, before either of them has anything that others need.
    PERFORM FROM ledger_entries WHERE id = ANY (d_reverses) ORDER BY id FOR UPDATE;
    SELECT array_agg(CASE d.op WHEN 'reversal' THEN coalesce(e.line_count, 0) ELSE d.lines END
                     ORDER BY d.n)
      INTO lines
      FROM unnest(d_op, d_reverses, d_lines) WITH ORDINALITY d(op, reverses, lines, n)
      LEFT JOIN ledger_entries e
        ON d.op = 'reversal' AND e.id = d.reverses AND e.reverses_id IS NULL;
    SELECT coalesce(array_agg(d.n), '{}'), coalesce(array_agg(l.position), '{}'),
           coalesce(array_agg(a.ledger_id), '{}'), coalesce(array_agg(a.kind), '{}'),
           coalesce(array_agg(a.owner_id), '{}'), coalesce(array_agg(l.side = 'credit'), '{}'),
           coalesce(array_agg(l.amount), '{}'), coalesce(array_agg(l.about_id), '{}')
      INTO draft, "position", ledger, kind, owner, debit, amount, about
      FROM unnest(d_op, d_reverses) WITH ORDINALITY d(op, reverses, n)
      JOIN ledger_lines l ON l.entry_id = d.reverses
      JOIN ledger_accounts a ON a.id = l.account_id
     WHERE d.op = 'reversal' AND lines[d.n] > 0;
END $$;

-- Which limited accounts each draft changes, and by how much: its lines, and what holds it ends.
CREATE FUNCTION ledger_changes(
    op text[], h_account bigint[], h_quantity bigint[],
    l_draft integer[], l_account bigint[], l_rank smallint[], l_sign integer[], l_amount bigint[]
) RETURNS TABLE (draft bigint, account bigint, posted numeric, held numeric)
LANGUAGE sql STABLE AS $$
    SELECT x.draft, x.account, sum(x.posted), sum(x.held)
      FROM (
        SELECT l.draft, l.account,
               CASE WHEN op[l.draft] = 'hold' THEN 0 ELSE l.sign * l.amount END AS posted,
               CASE WHEN op[l.draft] = 'hold' THEN l.amount ELSE 0 END AS held
          FROM unnest(l_draft, l_account, l_rank, l_sign, l_amount)
               l(draft, account, rank, sign, amount)
         WHERE l.rank IS NOT NULL AND op[l.draft] IN ('entry', 'reversal', 'hold')
        UNION ALL
        -- Who only prolongs a hold changes nothing, but takes the account all the same: else it
        -- could meet another one's lock among the holds.
        SELECT h.n, h.account, 0, CASE op[h.n] WHEN 'extend' THEN 0 ELSE -h.quantity END
          FROM unnest(h_account, h_quantity) WITH ORDINALITY h(account, quantity, n)
         WHERE h.account IS NOT NULL AND op[h.n] IN ('entry', 'void', 'extend')
      ) x
     GROUP BY x.draft, x.account
$$;

-- Which drafts have a name that was taken: before this call, or by an earlier draft of it.
CREATE FUNCTION ledger_named_before(op text[], d_reference text[], fresh text[])
RETURNS text[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT array_agg(CASE WHEN d.op IN ('void', 'extend') OR (d.earlier = 0
                               AND d.reference = ANY (fresh)) THEN d.op
                          ELSE 'named before' END ORDER BY d.n)
      FROM (SELECT u.op, u.reference, u.n,
                   count(*) FILTER (WHERE u.op NOT IN ('void', 'extend'))
                       OVER (PARTITION BY u.reference ORDER BY u.n
                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier
              FROM unnest(op, d_reference) WITH ORDINALITY u(op, reference, n)) d
$$;

-- Lock all limited accounts in their order, free what expired, and say draft by draft what fits.
CREATE FUNCTION ledger_decide(
    p_now timestamptz, INOUT op text[], d_id uuid[], d_reference text[], d_hold text[],
    d_expires_at timestamptz[], d_reverses uuid[], d_lines smallint[], h_id uuid[],
    h_account bigint[], h_quantity bigint[], taken bigint[], l_draft integer[], l_account bigint[],
    l_rank smallint[], l_sign integer[], l_amount bigint[],
    OUT outcome text[], OUT culprit text[], OUT available bigint[]
) LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    accounts bigint[];
    free bigint[];
    c_draft bigint[];
    c_account bigint[];
    c_free bigint[];
    reversed uuid[] := '{}';
    refusal text;
    first integer := 1;
    past integer := 1;
    i integer;
BEGIN
    outcome := array_fill('posted'::text, ARRAY[cardinality(op)]);
    culprit := array_fill(NULL::text, ARRAY[cardinality(op)]);
    available := array_fill(NULL::bigint, ARRAY[cardinality(op)]);
    PERFORM FROM ledger_accounts a
      WHERE a.id = ANY (l_account || h_account) AND a.limited
      ORDER BY a.lock_rank, a.ledger_id, a.owner_id
        FOR UPDATE;
    WITH gone AS (
        UPDATE ledger_holds SET state = 'expired', settled_at = p_now
         WHERE account_id = ANY (l_account || h_account) AND state = 'pending'
           AND expires_at <= p_now
        RETURNING account_id, quantity
    )
    UPDATE ledger_accounts a SET held = a.held - freed.quantity
      FROM (SELECT account_id, sum(quantity) AS quantity FROM gone GROUP BY account_id) freed
     WHERE a.id = freed.account_id;
    SELECT array_agg(a.id), array_agg(a.posted - a.held) INTO accounts, free
      FROM ledger_accounts a WHERE a.id = ANY (l_account || h_account) AND a.limited;

    SELECT array_agg(c.draft ORDER BY c.draft), array_agg(c.account ORDER BY c.draft),
           array_agg((c.posted - c.held)::bigint ORDER BY c.draft)
      INTO c_draft, c_account, c_free
      FROM ledger_changes(op, h_account, h_quantity, l_draft, l_account, l_rank, l_sign, l_amount) c;

    FOR n IN 1 .. cardinality(op) LOOP
        CONTINUE WHEN op[n] = 'named before';
        refusal := CASE
            WHEN d_hold[n] IS NOT NULL
                THEN ledger_hold_refuses(p_now, op[n], h_id[n], taken[n])
            WHEN op[n] <> 'reversal' THEN NULL
            WHEN d_lines[n] = 0 AND EXISTS (SELECT FROM ledger_entries WHERE id = d_reverses[n])
                THEN 'is a reversal'
            WHEN d_lines[n] = 0 THEN 'no such entry'
            WHEN EXISTS (SELECT FROM ledger_reversals WHERE reverses_id = d_reverses[n])
                OR d_reverses[n] = ANY (reversed)
                THEN 'reversed before'
        END;
        first := past;
        WHILE c_draft[past] <= n LOOP
            past := past + 1;
        END LOOP;
        FOR c IN first .. past - 1 LOOP
            CONTINUE WHEN c_draft[c] <> n OR refusal IS NOT NULL;
            i := array_position(accounts, c_account[c]);
            IF free[i] + c_free[c] < 0 THEN
                refusal := 'limit';
                available[n] := free[i];
                culprit[n] := (SELECT kind FROM ledger_accounts WHERE id = c_account[c]);
            END IF;
        END LOOP;
        IF refusal IS NOT NULL THEN
            outcome[n] := refusal;
            IF op[n] IN ('entry', 'reversal', 'hold') THEN
                DELETE FROM ledger_references WHERE reference = d_reference[n];
            END IF;
            op[n] := 'refused';
            CONTINUE;
        END IF;
        reversed := reversed || d_reverses[n];
        IF d_hold[n] IS NOT NULL THEN
            PERFORM ledger_end_hold(p_now, op[n], h_id[n], d_id[n], d_expires_at[n], taken[n]);
        END IF;
        FOR c IN first .. past - 1 LOOP
            CONTINUE WHEN c_draft[c] <> n;
            i := array_position(accounts, c_account[c]);
            free[i] := free[i] + c_free[c];
        END LOOP;
    END LOOP;
END $$;

-- Why a draft may not do this to a hold; NULL if it may. `taken`: what its lines take.
CREATE FUNCTION ledger_hold_refuses(p_now timestamptz, op text, p_id uuid, taken bigint)
RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    hold ledger_holds;
BEGIN
    SELECT * INTO hold FROM ledger_holds WHERE id = p_id FOR UPDATE;
    RETURN CASE
        WHEN hold.id IS NULL THEN 'no such hold'
        WHEN hold.state = 'posted' THEN 'hold posted before'
        WHEN op = 'void' AND hold.state IN ('voided', 'expired') THEN 'replayed'
        WHEN hold.state <> 'pending' OR hold.expires_at <= p_now THEN 'hold ended'
        WHEN op = 'entry' AND (taken BETWEEN 1 AND hold.quantity) IS NOT TRUE
            THEN 'hold does not fit'
    END;
END $$;

-- End or prolong a hold; false if it is not as the draft expects.
CREATE FUNCTION ledger_end_hold(
    p_now timestamptz, op text, p_id uuid, p_entry uuid, p_expires_at timestamptz, taken bigint
) RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE ledger_holds h
       SET state = CASE WHEN op = 'entry' THEN 'posted'
                        WHEN op = 'extend' THEN 'pending'
                        WHEN h.expires_at <= p_now THEN 'expired'
                        ELSE 'voided' END,
           posted_quantity = CASE WHEN op = 'entry' THEN taken ELSE 0 END,
           entry_id = CASE WHEN op = 'entry' THEN p_entry END,
           settled_at = CASE WHEN op <> 'extend' THEN p_now END,
           expires_at = CASE WHEN op = 'extend' THEN p_expires_at ELSE h.expires_at END
     WHERE h.id = p_id AND h.state = 'pending'
       AND (op = 'void' OR h.expires_at > p_now)
       AND (op <> 'entry' OR taken BETWEEN 1 AND h.quantity);
    RETURN FOUND;
END $$;

-- What became of drafts whose reference was taken: the same content is a replay, any other is not.
CREATE FUNCTION ledger_compare(
    op text[], d_op text[], INOUT outcome text[], d_id uuid[], d_reference text[], d_kind text[],
    d_narration text[], d_occurred_at timestamptz[], d_evidence text[], d_reverses uuid[],
    d_hold text[], h_id uuid[], l_draft integer[], l_position smallint[], l_account bigint[],
    l_debit boolean[], l_amount bigint[], l_about uuid[], OUT entry uuid[]
) LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    first uuid;
    same boolean;
BEGIN
    entry := d_id;
    FOR n IN 1 .. cardinality(op) LOOP
        IF op[n] = 'refused' THEN
            entry[n] := NULL;
        END IF;
        CONTINUE WHEN op[n] <> 'named before';
        SELECT id INTO first FROM ledger_references WHERE reference = d_reference[n];
        IF d_op[n] = 'hold' THEN
            SELECT (h.account_id, h.quantity, h.about_id) = (l.account, l.amount, l.about)
              INTO same
              FROM unnest(l_draft, l_account, l_amount, l_about) l(draft, account, amount, about)
              LEFT JOIN ledger_holds h ON h.id = first
             WHERE l.draft = n;
        ELSE
            SELECT (e.kind, e.narration, e.occurred_at, e.evidence)
                   = (d_kind[n], d_narration[n], d_occurred_at[n],
                      string_to_array(d_evidence[n], ' '))
               AND e.reverses_id IS NOT DISTINCT FROM d_reverses[n]
               AND (d_hold[n] IS NULL OR EXISTS (
                    SELECT FROM ledger_holds WHERE id = h_id[n] AND entry_id = first))
               AND (SELECT array_agg((o.account_id, o.side = 'debit', o.amount, o.about_id)::text
                                     ORDER BY o.position)
                      FROM ledger_lines o WHERE o.entry_id = first)
                   IS NOT DISTINCT FROM
                   (SELECT array_agg((l.account, l.debit, l.amount, l.about)::text
                                     ORDER BY l.position)
                      FROM unnest(l_draft, l_position, l_account, l_debit, l_amount, l_about)
                           l(draft, position, account, debit, amount, about)
                     WHERE l.draft = n)
              INTO same
              FROM ledger_entries e WHERE e.id = first;
        END IF;
        -- Where nothing has the name now, the draft of this call that had it was refused.
        outcome[n] := CASE WHEN first IS NULL THEN 'left out'
                           WHEN same THEN 'replayed'
                           ELSE 'reference reused' END;
        entry[n] := first;
    END LOOP;
END $$;
