-- Who changed what, and what it was before. Triggers write it, in the transaction of the change, so that no code can
-- forget to; the server says who asks by the setting signpost.change of the transaction.

CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The same for all that one request of the API changed.
  request uuid,
  -- system: no request; Signpost itself, or somebody who changed the database by other means.
  actor text NOT NULL CHECK (actor IN ('user', 'key', 'local', 'nobody', 'system')),
  user_id integer,
  key_id integer,
  session_id integer,
  -- A network, never an address.
  address text,
  action text NOT NULL,
  -- No reference: what is gone stays in the log.
  entity text,
  entity_id text,
  -- Of an update only what differs.
  before jsonb CHECK (jsonb_typeof(before) = 'object'),
  after jsonb CHECK (jsonb_typeof(after) = 'object')
);
CREATE INDEX audit_log_of_request ON audit_log (request) WHERE request IS NOT NULL;
CREATE INDEX audit_log_of_entity ON audit_log (entity, entity_id, id);
CREATE INDEX audit_log_of_user ON audit_log (user_id, id);
CREATE INDEX audit_log_at ON audit_log (at);

CREATE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('signpost.restoring', true) = 'on'
    OR (TG_OP = 'DELETE' AND current_setting('signpost.retention', true) = 'on') THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'The audit log is only added to.';
END $$;
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log();

-- Arguments: the entity; the column with its id; `part` where a row is a part of the entity and not all of it.
CREATE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  context jsonb := coalesce(nullif(current_setting('signpost.change', true), ''), '{}')::jsonb;
  old_row jsonb;
  new_row jsonb;
  removed jsonb;
  added jsonb;
  what text;
  secret text;
BEGIN
  IF current_setting('signpost.restoring', true) = 'on' THEN RETURN NULL; END IF;
  IF TG_OP <> 'INSERT' THEN
    old_row := to_jsonb(OLD) - '{created_at,updated_at,last_used_at,last_step}'::text[];
  END IF;
  IF TG_OP <> 'DELETE' THEN
    new_row := to_jsonb(NEW) - '{created_at,updated_at,last_used_at,last_step}'::text[];
  END IF;
  removed := old_row;
  added := new_row;
  IF TG_OP = 'UPDATE' THEN
    SELECT jsonb_object_agg(key, value) INTO removed FROM jsonb_each(old_row)
      WHERE value IS DISTINCT FROM new_row -> key;
    SELECT jsonb_object_agg(key, value) INTO added FROM jsonb_each(new_row)
      WHERE value IS DISTINCT FROM old_row -> key;
    IF added IS NULL THEN RETURN NULL; END IF;
  END IF;
  FOREACH secret IN ARRAY '{password,hash,secret,recovery_hashes,key,token}'::text[] LOOP
    IF removed ->> secret IS NOT NULL THEN removed := removed || jsonb_build_object(secret, '(secret)'); END IF;
    IF added ->> secret IS NOT NULL THEN added := added || jsonb_build_object(secret, '(secret)'); END IF;
  END LOOP;
  what := CASE
    WHEN TG_ARGV[2] = 'part' OR TG_OP = 'UPDATE' THEN
      CASE WHEN added ->> 'status' = 'archived' THEN 'archive' ELSE 'update' END
    WHEN TG_OP = 'INSERT' THEN 'create'
    ELSE 'delete'
  END;
  INSERT INTO audit_log (request, actor, user_id, key_id, session_id, address, action, entity, entity_id, before, after)
  VALUES (
    (context ->> 'request')::uuid, coalesce(context ->> 'actor', 'system'), (context ->> 'user_id')::integer,
    (context ->> 'key_id')::integer, (context ->> 'session_id')::integer, context ->> 'address',
    what, TG_ARGV[0], coalesce(new_row, old_row) ->> TG_ARGV[1], removed, added
  );
  RETURN NULL;
END $$;

CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON advertisers
  FOR EACH ROW EXECUTE FUNCTION record_change('advertiser', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON campaigns
  FOR EACH ROW EXECUTE FUNCTION record_change('campaign', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON line_items
  FOR EACH ROW EXECUTE FUNCTION record_change('line_item', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON creatives
  FOR EACH ROW EXECUTE FUNCTION record_change('creative', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON conversion_actions
  FOR EACH ROW EXECUTE FUNCTION record_change('conversion_action', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON sites
  FOR EACH ROW EXECUTE FUNCTION record_change('site', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON zones
  FOR EACH ROW EXECUTE FUNCTION record_change('zone', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON report_schedules
  FOR EACH ROW EXECUTE FUNCTION record_change('report_schedule', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON users
  FOR EACH ROW EXECUTE FUNCTION record_change('user', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON user_advertisers
  FOR EACH ROW EXECUTE FUNCTION record_change('user', 'user_id', 'part');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON user_sites
  FOR EACH ROW EXECUTE FUNCTION record_change('user', 'user_id', 'part');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON api_keys
  FOR EACH ROW EXECUTE FUNCTION record_change('api_key', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON password_links
  FOR EACH ROW EXECUTE FUNCTION record_change('password_link', 'user_id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON second_factors
  FOR EACH ROW EXECUTE FUNCTION record_change('second_factor', 'user_id');
