-- What the database refuses, whoever connects.

CREATE FUNCTION ledger_insist_on_balance() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
-- A plan that is made while the books are small stays with its session while they grow.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    line record;
    entry uuid;
    ledger uuid;
    written_by bigint;
    declared integer;
    balance bigint := 0;
    lines integer := 0;
BEGIN
    FOR line IN
        SELECT l.entry_id, l.ledger_id, l.position, l.amount,
               CASE l.side WHEN 'debit' THEN l.amount ELSE -l.amount END AS signed,
               a.ledger_id AS ledger_of_account
          FROM new_lines l
          LEFT JOIN ledger_accounts a ON a.id = l.account_id
         ORDER BY l.entry_id, l.ledger_id
    LOOP
        IF line.entry_id IS DISTINCT FROM entry OR line.ledger_id <> ledger THEN
            EXIT WHEN balance <> 0;
            IF line.entry_id IS DISTINCT FROM entry THEN
                EXIT WHEN lines <> declared;
                SELECT e.xid, e.line_count INTO written_by, declared
                  FROM ledger_entries e WHERE e.id = line.entry_id;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'line % has no entry %', line.position, line.entry_id
                        USING ERRCODE = '23503';
                ELSIF written_by <> pg_current_xact_id()::text::bigint THEN
                    RAISE EXCEPTION 'entry % is closed: lines join it only in its own transaction',
                        line.entry_id USING ERRCODE = '23001';
                END IF;
                lines := 0;
            END IF;
            entry := line.entry_id;
            ledger := line.ledger_id;
        END IF;
        IF line.ledger_id IS DISTINCT FROM line.ledger_of_account THEN
            RAISE EXCEPTION 'line % of entry %: account and ledger do not belong together',
                line.position, line.entry_id USING ERRCODE = '23514';
        END IF;
        -- Positions are unique and end at the declared number: so all of them are here, once.
        -- No amount is so large that sums of some thousands leave a bigint (app/core/money.py).
        IF line.position NOT BETWEEN 1 AND declared
            OR line.amount NOT BETWEEN 1 AND 1000000000000000 THEN
            RAISE EXCEPTION 'line % of entry % is none of its % lines, or of no amount of the books',
                line.position, line.entry_id, declared USING ERRCODE = '23514';
        END IF;
        balance := balance + line.signed;
        lines := lines + 1;
    END LOOP;
    IF balance <> 0 THEN
        RAISE EXCEPTION 'entry % does not balance in ledger %', entry, ledger
            USING ERRCODE = '23514';
    ELSIF lines <> declared THEN
        RAISE EXCEPTION 'entry % says it has % lines, and % came', entry, declared, lines
            USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER balanced AFTER INSERT ON ledger_lines REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_insist_on_balance();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_lines
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_reversals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_positions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledgers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Statement triggers: one for each row would fetch and lock every row that the door updates.
CREATE TRIGGER same_account BEFORE UPDATE OF
    id, ledger_id, kind, owner_id, side, limited, lock_rank ON ledger_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON ledger_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION ledger_insist_on_kind() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM ledger_kinds k JOIN ledgers g ON g.book = k.book
      WHERE g.id = NEW.ledger_id AND k.code = NEW.kind
        AND (k.side, k.limited, k.lock_rank) = (NEW.side, NEW.limited, NEW.lock_rank)
        AND (k.kept_per = 'keeper') = (NEW.owner_id = g.keeper_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'account % of ledger % is not as the chart of accounts says', NEW.kind,
            NEW.ledger_id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER as_the_chart_says BEFORE INSERT ON ledger_accounts
    FOR EACH ROW EXECUTE FUNCTION ledger_insist_on_kind();

-- A kind that accounts were opened by can't become another one.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_kinds
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION ledger_keep_reference() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    -- The door takes back the reference of a draft that a limit refused, before its transaction
    -- ends; what was entered keeps its name for ever.
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM ledger_entries WHERE id = OLD.id)
        AND NOT EXISTS (SELECT FROM ledger_holds WHERE id = OLD.id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'reference % is in use', OLD.reference USING ERRCODE = '23001';
END $$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON ledger_references
    FOR EACH ROW EXECUTE FUNCTION ledger_keep_reference();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON ledger_references
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION ledger_settle_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'pending'
        AND (OLD.id, OLD.reference, OLD.account_id, OLD.about_id, OLD.quantity, OLD.created_at)
          = (NEW.id, NEW.reference, NEW.account_id, NEW.about_id, NEW.quantity, NEW.created_at) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'hold % ends once, and stays', OLD.reference USING ERRCODE = '23001';
END $$;

CREATE TRIGGER settled_once AFTER UPDATE OR DELETE ON ledger_holds
    FOR EACH ROW EXECUTE FUNCTION ledger_settle_once();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON ledger_holds
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Partitions hold one year of ids each. Statement triggers of a partitioned table do not fire for
-- what goes straight to a partition, so each partition has its own.
CREATE FUNCTION ledger_year_begins(year integer) RETURNS uuid LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
    SELECT (lpad(to_hex((extract(epoch FROM make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC')) * 1000)
        ::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

CREATE FUNCTION ledger_prepare_year(year integer) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    parent text;
    part text;
    made boolean := false;
BEGIN
    IF (year BETWEEN 2020 AND extract(year FROM clock_timestamp()) + 3) IS NOT TRUE THEN
        RAISE EXCEPTION 'the books need no partition for %', year USING ERRCODE = '22023';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger_prepare_year', 0));
    FOREACH parent IN ARRAY ARRAY['ledger_entries', 'ledger_lines'] LOOP
        part := format('%s_%s', parent, year);
        CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
        -- Made apart and attached: that lets others read and write meanwhile.
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
            part, parent);
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
        IF parent = 'ledger_lines' THEN
            EXECUTE format('CREATE TRIGGER balanced AFTER INSERT ON %I REFERENCING NEW TABLE AS'
                ' new_lines FOR EACH STATEMENT EXECUTE FUNCTION ledger_insist_on_balance()', part);
        END IF;
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            parent, part, ledger_year_begins(year), ledger_year_begins(year + 1));
        made := true;
    END LOOP;
    RETURN made;
END $$;
