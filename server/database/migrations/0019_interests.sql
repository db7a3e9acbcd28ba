-- Categories of pages, which a visit makes an interest, and segments of visitors by their interests. And who paid for
-- an advertiser's ads, for those who see them.

CREATE TABLE interest_categories (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Segments and pages name it by this.
  name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9_-]{1,60}$'),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  -- For visitors, by language.
  titles jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(titles) = 'object'),
  -- null: pages of every site.
  site_id integer REFERENCES sites (id),
  pages text[] NOT NULL DEFAULT '{}',
  -- [{"key", "in"}, …]
  key_values jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(key_values) = 'array'),
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE segments (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Targeting names it by this.
  name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9_-]{1,60}$'),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  -- Names of categories.
  categories text[] NOT NULL CHECK (cardinality(categories) BETWEEN 1 AND 50),
  match text NOT NULL CHECK (match IN ('any', 'all')),
  at_least double precision NOT NULL CHECK (at_least > 0),
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON interest_categories
  FOR EACH STATEMENT EXECUTE FUNCTION bump_inventory_version();
CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON segments
  FOR EACH STATEMENT EXECUTE FUNCTION bump_inventory_version();
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON interest_categories
  FOR EACH ROW EXECUTE FUNCTION record_change('interest_category', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON segments
  FOR EACH ROW EXECUTE FUNCTION record_change('segment', 'id');

ALTER TABLE advertisers ADD COLUMN payer text CHECK (char_length(payer) BETWEEN 1 AND 200);
