-- The audit log in the database (no percent signs here: psycopg2 reads them). Run as a whole at every install and upgrade; each statement may be repeated.
-- Everything is here and not in the ORM, so that nobody who writes past the ORM writes past the log.

CREATE TABLE IF NOT EXISTS sire_audit_entry (
    id bigserial PRIMARY KEY,
    v smallint NOT NULL DEFAULT 1,
    at timestamp NOT NULL,              -- UTC, by the database's clock
    txid bigint NOT NULL,               -- what was done together
    kind varchar NOT NULL,
    action varchar NOT NULL,
    channel varchar NOT NULL,
    past_orm boolean NOT NULL,          -- SQL that Odoo's ORM did not write
    source varchar,                     -- route, job or program
    uid integer,                        -- who is signed in
    as_uid integer,                     -- in whose name it ran
    su boolean NOT NULL,                -- with the rights of the superuser
    company_id integer,                 -- no foreign keys: what is audited can go, its history stays
    model varchar,
    res_id integer,
    name varchar,
    parent_model varchar,
    parent_id integer,
    before text,                        -- JSON, as it was hashed; none when the record was made
    after text,
    note text,
    digests text,                       -- JSON: what is personal, as salted digests
    personal jsonb,                     -- {path: [salt, value]}; not in the chain, so that it can be erased
    seq bigint,                         -- these three are the seal
    sealed_at timestamp,
    hash varchar(64)
);
CREATE UNIQUE INDEX IF NOT EXISTS sire_audit_entry_seq ON sire_audit_entry (seq);
CREATE INDEX IF NOT EXISTS sire_audit_entry_unsealed ON sire_audit_entry (res_id, model, txid) WHERE seq IS NULL;
CREATE INDEX IF NOT EXISTS sire_audit_entry_record ON sire_audit_entry (model, res_id);
CREATE INDEX IF NOT EXISTS sire_audit_entry_parent ON sire_audit_entry (parent_model, parent_id)
    WHERE parent_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS sire_audit_entry_uid ON sire_audit_entry (uid);

CREATE TABLE IF NOT EXISTS sire_audit_checkpoint (
    id serial PRIMARY KEY,
    number integer NOT NULL UNIQUE,
    at timestamp NOT NULL,
    seq bigint NOT NULL,
    hash varchar(64) NOT NULL,
    body text NOT NULL,                 -- the JSON that was signed
    signature varchar NOT NULL,         -- Ed25519, base64
    public_key varchar NOT NULL         -- base64; to be compared with the one that is known from elsewhere
);

CREATE TABLE IF NOT EXISTS sire_audit_erasure (
    id serial PRIMARY KEY,
    at timestamp NOT NULL,
    uid integer,
    subject varchar NOT NULL CHECK (subject IN ('user', 'record')),
    model varchar NOT NULL,
    res_id integer NOT NULL,
    reason text NOT NULL CHECK (length(trim(reason)) > 0),
    erased integer
);

-- What may happen to an entry: it is written; it grows while the transaction that wrote it goes on; it is sealed once; what is
-- personal is erased. The second and the last only from inside other triggers of ours, never by a statement of a client.
CREATE OR REPLACE FUNCTION sire_audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.v := 1;
        NEW.at := clock_timestamp() AT TIME ZONE 'utc';
        NEW.txid := pg_current_xact_id()::text::bigint;
        NEW.seq := NULL;
        NEW.sealed_at := NULL;
        NEW.hash := NULL;
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.v, NEW.at, NEW.txid, NEW.kind, NEW.channel, NEW.source, NEW.uid, NEW.as_uid, NEW.model, NEW.res_id,
            NEW.parent_model, NEW.parent_id, NEW.note)
            IS NOT DISTINCT FROM
           (OLD.id, OLD.v, OLD.at, OLD.txid, OLD.kind, OLD.channel, OLD.source, OLD.uid, OLD.as_uid, OLD.model, OLD.res_id,
            OLD.parent_model, OLD.parent_id, OLD.note)
        THEN
            IF OLD.seq IS NULL AND NEW.seq IS NULL AND NEW.hash IS NULL AND NEW.sealed_at IS NULL
               AND OLD.txid = pg_current_xact_id()::text::bigint AND pg_trigger_depth() > 1 THEN
                RETURN NEW;
            END IF;
            IF (NEW.action, NEW.past_orm, NEW.su, NEW.company_id, NEW.name, NEW.before, NEW.after, NEW.digests)
                IS NOT DISTINCT FROM
               (OLD.action, OLD.past_orm, OLD.su, OLD.company_id, OLD.name, OLD.before, OLD.after, OLD.digests)
            THEN
                IF OLD.seq IS NULL AND NEW.seq > 0 AND length(NEW.hash) = 64 AND NEW.sealed_at IS NOT NULL
                   AND NEW.personal IS NOT DISTINCT FROM OLD.personal THEN
                    RETURN NEW;
                END IF;
                IF (NEW.seq, NEW.sealed_at, NEW.hash) IS NOT DISTINCT FROM (OLD.seq, OLD.sealed_at, OLD.hash)
                   AND OLD.personal @> NEW.personal AND pg_trigger_depth() > 1 THEN
                    RETURN NEW;
                END IF;
            END IF;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'The audit log is append-only: ' || TG_OP || ' refused.';
END $$;

CREATE OR REPLACE FUNCTION sire_audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- the erasing trigger says how many entries it touched
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'sire_audit_erasure' AND pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
        MESSAGE = 'The audit log is append-only: ' || TG_OP || ' of ' || TG_TABLE_NAME || ' refused.';
END $$;

-- Erasing is asked for by a row that stays: who, of whom, why. The entries keep their digests, and the chain its hashes.
CREATE OR REPLACE FUNCTION sire_audit_erase() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched integer;
BEGIN
    UPDATE sire_audit_entry e
       SET personal = (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(e.personal)
                        WHERE starts_with(key, 'who.') AND NOT (NEW.subject = 'user' AND e.uid = NEW.res_id)
                           OR NOT starts_with(key, 'who.') AND NOT (e.model = NEW.model AND e.res_id = NEW.res_id))
     WHERE e.personal <> '{}'
       AND (NEW.subject = 'user' AND e.uid = NEW.res_id OR e.model = NEW.model AND e.res_id = NEW.res_id);
    GET DIAGNOSTICS touched = ROW_COUNT;
    UPDATE sire_audit_erasure SET erased = touched WHERE id = NEW.id;
    RETURN NULL;
END $$;

-- One entry. Who and where come from the transaction's settings, which Odoo makes; without them it was somebody with SQL.
-- p_row: a row of a watched table; it joins what the same transaction already said about the same record.
-- p_known: Odoo writes such a change by SQL itself. p_as: the user in whose name the row says it was written.
DO $$
DECLARE
    old regprocedure;
BEGIN
    FOR old IN SELECT oid FROM pg_proc WHERE proname = 'sire_audit_put' AND pronamespace = current_schema()::regnamespace LOOP
        EXECUTE 'DROP FUNCTION ' || old;  -- with other parameters
    END LOOP;
END $$;
CREATE FUNCTION sire_audit_put(
    p_row boolean, p_known boolean, p_as integer, p_kind text, p_action text, p_mark boolean, p_model text, p_res_id integer, p_name text, p_company integer,
    p_parent_model text, p_parent_id integer, p_before jsonb, p_after jsonb, p_note text, p_private jsonb
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    actor jsonb := nullif(current_setting('sire_audit.actor', true), '')::jsonb;
    by_sql boolean := p_row AND coalesce(current_setting('sire_audit.orm', true), '') <> '1' AND NOT (p_known AND actor IS NOT NULL);
    is_su boolean := coalesce((actor->>'s')::boolean, false);
    told jsonb := coalesce(p_private, '{}');
    in_name integer;
    salted jsonb;
    digested jsonb;
    old record;
BEGIN
    IF actor IS NULL THEN
        actor := jsonb_build_object('c', 'sql', 'o', concat_ws(' ', session_user, nullif(current_setting('application_name'), '')));
    END IF;
    in_name := CASE WHEN by_sql THEN NULL ELSE coalesce(p_as, (actor->>'a')::integer) END;
    IF p_row AND p_action NOT IN ('create', 'delete') THEN
        SELECT * INTO old FROM sire_audit_entry e
         WHERE e.seq IS NULL AND e.res_id = p_res_id AND e.model = p_model AND e.txid = pg_current_xact_id()::text::bigint
           AND e.kind = p_kind AND e.action NOT IN ('delete') AND e.note IS NULL
           AND e.uid IS NOT DISTINCT FROM (actor->>'u')::integer AND e.as_uid IS NOT DISTINCT FROM in_name
           AND e.past_orm = by_sql
         ORDER BY e.id + 0 DESC LIMIT 1;  -- no walk back over the whole log, which grows while a plan is kept
        IF old.id IS NOT NULL AND (NOT p_mark OR old.action IN ('write', p_action)) THEN
            SELECT jsonb_object_agg(key, jsonb_build_array(salt, value)),
                   jsonb_object_agg(key, encode(sha256(convert_to(salt || value, 'UTF8')), 'hex'))
              INTO salted, digested
              FROM (SELECT key, value, replace(gen_random_uuid()::text, '-', '') AS salt FROM jsonb_each_text(told)
                     WHERE value IS NOT NULL AND NOT (starts_with(key, 'before.') AND (old.before IS NULL OR old.personal ? key))
                     OFFSET 0) AS x;
            UPDATE sire_audit_entry
               SET before = (coalesce(p_before, '{}') || old.before::jsonb)::text,
                   after = nullif(coalesce(old.after, '{}')::jsonb || coalesce(p_after, '{}'), '{}')::text,
                   action = CASE WHEN p_mark THEN p_action ELSE old.action END,
                   su = old.su OR is_su,
                   name = coalesce(p_name, old.name),
                   company_id = coalesce(p_company, old.company_id),
                   personal = old.personal || coalesce(salted, '{}'),
                   digests = nullif(coalesce(old.digests, '{}')::jsonb || coalesce(digested, '{}'), '{}')::text
             WHERE id = old.id;
            RETURN;
        END IF;
    END IF;
    told := told || jsonb_strip_nulls(jsonb_build_object('who.login', actor->'l', 'who.ip', actor->'i', 'who.agent', actor->'g'));
    SELECT jsonb_object_agg(key, jsonb_build_array(salt, value)),
           jsonb_object_agg(key, encode(sha256(convert_to(salt || value, 'UTF8')), 'hex'))
      INTO salted, digested
      FROM (SELECT key, value, replace(gen_random_uuid()::text, '-', '') AS salt FROM jsonb_each_text(told)
             WHERE value IS NOT NULL OFFSET 0) AS x;
    INSERT INTO sire_audit_entry (at, txid, kind, action, channel, past_orm, source, uid, as_uid, su, company_id, model, res_id,
                                  name, parent_model, parent_id, before, after, note, digests, personal)
    VALUES (now(), 0, p_kind, p_action, actor->>'c', by_sql, actor->>'o', (actor->>'u')::integer, in_name, is_su,
            p_company, p_model, p_res_id, p_name, p_parent_model, p_parent_id, p_before::text,
            nullif(p_after, '{}')::text, p_note, digested::text, coalesce(salted, '{}'));
END $$;

-- The trigger of a watched table.
-- Arguments: model, kind, watched columns, personal ones, secret ones, marks, column of the name, parent model, column of the parent,
-- when to keep quiet ('setup': while modules are installed, 'unmarked': of all that is no mark), columns that Odoo writes by SQL.
CREATE OR REPLACE FUNCTION sire_audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    was jsonb;
    is_now jsonb;
    this jsonb;
    b jsonb;
    a jsonb;
    col text;
    mark jsonb;
    act text := CASE TG_OP WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'write' ELSE 'delete' END;
    marked boolean := false;
    private jsonb := '{}';
    title text;
    known boolean := false;
    writer integer;
BEGIN
    IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN is_now := to_jsonb(NEW); END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(k, was->k), jsonb_object_agg(k, is_now->k) INTO b, a
          FROM unnest(TG_ARGV[2]::text[]) AS k WHERE was->k IS DISTINCT FROM is_now->k;
        IF b IS NULL THEN RETURN NULL; END IF;
        known := b - TG_ARGV[10]::text[] = '{}';
    ELSE
        SELECT jsonb_object_agg(k, this_row->k) INTO a
          FROM unnest(TG_ARGV[2]::text[]) AS k, LATERAL (SELECT coalesce(is_now, was) AS this_row) AS x
         WHERE this_row->k NOT IN ('null', 'false', '""');
        IF TG_OP = 'DELETE' THEN
            b := a;
            a := NULL;
        END IF;
    END IF;
    IF TG_ARGV[9] = 'setup' AND nullif(current_setting('sire_audit.actor', true), '')::jsonb->>'c' = 'setup' THEN RETURN NULL; END IF;
    this := coalesce(is_now, was);
    IF TG_OP <> 'DELETE' THEN
        FOR mark IN SELECT * FROM jsonb_array_elements(TG_ARGV[5]::jsonb) LOOP
            col := mark->>0;
            IF a ? col AND (mark->>3 = 'create') IS NOT DISTINCT FROM (CASE WHEN TG_OP = 'INSERT' THEN true END)
               AND (is_now->>col = mark->>1 OR mark->>1 = '*' AND coalesce(is_now->>col, '') <> '') THEN
                act := mark->>2;
                marked := true;
                EXIT;
            END IF;
        END LOOP;
    END IF;
    IF TG_ARGV[9] = 'unmarked' AND NOT marked THEN RETURN NULL; END IF;
    FOREACH col IN ARRAY TG_ARGV[4]::text[] LOOP
        IF b ? col THEN b := jsonb_set(b, ARRAY[col], CASE WHEN b->col IN ('null', '""') THEN 'null' ELSE '"(secret)"' END::jsonb); END IF;
        IF a ? col THEN a := jsonb_set(a, ARRAY[col], CASE WHEN a->col IN ('null', '""') THEN 'null' ELSE '"(secret)"' END::jsonb); END IF;
    END LOOP;
    FOREACH col IN ARRAY TG_ARGV[3]::text[] LOOP
        IF b ? col THEN private := private || jsonb_build_object('before.' || col, b->>col); b := b - col; END IF;
        IF a ? col THEN private := private || jsonb_build_object('after.' || col, a->>col); a := a - col; END IF;
    END LOOP;
    IF TG_ARGV[6] <> '' THEN
        title := CASE jsonb_typeof(this->TG_ARGV[6]) WHEN 'object' THEN this->TG_ARGV[6]->>'en_US' ELSE this->>TG_ARGV[6] END;
        IF TG_ARGV[6] = ANY (TG_ARGV[3]::text[]) THEN
            private := private || jsonb_build_object('name', title);
            title := NULL;
        END IF;
    END IF;
    -- changes are written to the table later than they are made, and perhaps by somebody else's environment
    writer := CASE TG_OP WHEN 'INSERT' THEN is_now->>'create_uid' WHEN 'UPDATE' THEN is_now->>'write_uid' END;
    PERFORM sire_audit_put(true, TG_OP = 'UPDATE' AND known, writer, TG_ARGV[1], act, marked, TG_ARGV[0], (this->>'id')::integer, title,
                           (this->>'company_id')::integer, nullif(TG_ARGV[7], ''), (this->>nullif(TG_ARGV[8], ''))::integer,
                           b, a, NULL, private);
    RETURN NULL;
END $$;

-- The trigger of a many2many table: an entry for the record at one end, whichever end was written.
-- Arguments: model, kind, its column, the other column, the field, 'setup' to keep quiet while modules are installed.
CREATE OR REPLACE FUNCTION sire_audit_link() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    this jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    gone jsonb;
    come jsonb;
BEGIN
    IF TG_ARGV[5] = 'setup' AND nullif(current_setting('sire_audit.actor', true), '')::jsonb->>'c' = 'setup' THEN RETURN NULL; END IF;
    IF TG_OP <> 'INSERT' THEN gone := jsonb_build_object(TG_ARGV[4] || '-' || (to_jsonb(OLD)->>TG_ARGV[3]), true); END IF;
    IF TG_OP <> 'DELETE' THEN come := jsonb_build_object(TG_ARGV[4] || '+' || (to_jsonb(NEW)->>TG_ARGV[3]), true); END IF;
    PERFORM sire_audit_put(true, false, NULL, TG_ARGV[1], 'write', false, TG_ARGV[0], (this->>TG_ARGV[2])::integer, NULL, NULL, NULL, NULL,
                           coalesce(gone, '{}'), come, NULL, NULL);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION sire_audit_truncated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM sire_audit_put(true, false, NULL, 'record', 'truncate', false, TG_ARGV[0], NULL, NULL, NULL, NULL, NULL, NULL, NULL, TG_TABLE_NAME,
                           NULL);
    RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION sire_audit_put FROM PUBLIC;

CREATE OR REPLACE TRIGGER sire_audit_guard BEFORE INSERT OR UPDATE OR DELETE ON sire_audit_entry
    FOR EACH ROW EXECUTE FUNCTION sire_audit_entry_guard();
CREATE OR REPLACE TRIGGER sire_audit_guard BEFORE UPDATE OR DELETE ON sire_audit_checkpoint
    FOR EACH ROW EXECUTE FUNCTION sire_audit_keep();
CREATE OR REPLACE TRIGGER sire_audit_guard BEFORE UPDATE OR DELETE ON sire_audit_erasure
    FOR EACH ROW EXECUTE FUNCTION sire_audit_keep();
CREATE OR REPLACE TRIGGER sire_audit_erase AFTER INSERT ON sire_audit_erasure
    FOR EACH ROW EXECUTE FUNCTION sire_audit_erase();
CREATE OR REPLACE TRIGGER sire_audit_no_truncate BEFORE TRUNCATE ON sire_audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION sire_audit_keep();
CREATE OR REPLACE TRIGGER sire_audit_no_truncate BEFORE TRUNCATE ON sire_audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION sire_audit_keep();
CREATE OR REPLACE TRIGGER sire_audit_no_truncate BEFORE TRUNCATE ON sire_audit_erasure
    FOR EACH STATEMENT EXECUTE FUNCTION sire_audit_keep();

-- they fire for a session that plays a replica, too
ALTER TABLE sire_audit_entry ENABLE ALWAYS TRIGGER sire_audit_guard;
ALTER TABLE sire_audit_entry ENABLE ALWAYS TRIGGER sire_audit_no_truncate;
ALTER TABLE sire_audit_checkpoint ENABLE ALWAYS TRIGGER sire_audit_guard;
ALTER TABLE sire_audit_checkpoint ENABLE ALWAYS TRIGGER sire_audit_no_truncate;
ALTER TABLE sire_audit_erasure ENABLE ALWAYS TRIGGER sire_audit_guard;
ALTER TABLE sire_audit_erasure ENABLE ALWAYS TRIGGER sire_audit_no_truncate;
ALTER TABLE sire_audit_erasure ENABLE ALWAYS TRIGGER sire_audit_erase;
