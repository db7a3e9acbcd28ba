-- Reports as people have set them up, and links with which others read one of them.

CREATE TABLE saved_reports (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Whose it is: like `user 3` or `key 7`.
  owner text NOT NULL,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  -- Whether others whose role has the report see it too.
  shared boolean NOT NULL DEFAULT false,
  report text NOT NULL,
  query jsonb NOT NULL CHECK (jsonb_typeof(query) = 'object'),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX saved_reports_of_owner ON saved_reports (owner, id);

CREATE TABLE report_shares (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner text NOT NULL,
  -- The link ends with them.
  user_id integer REFERENCES users (id) ON DELETE CASCADE,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  -- SHA-256 of the link's token.
  hash bytea NOT NULL UNIQUE,
  report text NOT NULL,
  query jsonb NOT NULL CHECK (jsonb_typeof(query) = 'object'),
  -- Role, advertisers and sites of who made it: the link shows no more than they saw then.
  scope jsonb NOT NULL CHECK (jsonb_typeof(scope) = 'object'),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX report_shares_of_owner ON report_shares (owner, id);

CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON saved_reports
  FOR EACH ROW EXECUTE FUNCTION record_change('saved_report', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON report_shares
  FOR EACH ROW EXECUTE FUNCTION record_change('report_share', 'id');
