-- The inventory: demand (advertiser > campaign > line item > creative) and supply (site > zone).
-- Delivery never reads these tables: it serves from a snapshot compiled out of them.

-- One row. `version` tells when the snapshot is out of date. It starts at the time of creation, so that two databases
-- that were used one after the other for the same data directory do not meet in the same number.
CREATE TABLE inventory_version (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version bigint NOT NULL
);
INSERT INTO inventory_version (version) VALUES ((extract(epoch FROM clock_timestamp()) * 1000)::bigint);

CREATE TABLE advertisers (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'archived')),
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE campaigns (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  advertiser_id integer NOT NULL REFERENCES advertisers (id),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'archived')),
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX campaigns_of_advertiser ON campaigns (advertiser_id, id);

CREATE TABLE line_items (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  campaign_id integer NOT NULL REFERENCES campaigns (id),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'archived')),
  type text NOT NULL CHECK (type IN ('sponsorship', 'standard', 'price_priority', 'house')),
  weight integer NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000000),
  -- Half-open: starts at start_at, is over at end_at; null is open.
  start_at timestamptz,
  end_at timestamptz,
  -- null: everywhere.
  targeting jsonb CHECK (jsonb_typeof(targeting) = 'object'),
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT line_items_dates_in_order CHECK (end_at > start_at)
);
CREATE INDEX line_items_of_campaign ON line_items (campaign_id, id);

-- Images, by their content: the same bytes are stored once.
CREATE TABLE assets (
  hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
  content_type text NOT NULL
    CHECK (content_type IN ('image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif')),
  width integer NOT NULL CHECK (width BETWEEN 1 AND 4096),
  height integer NOT NULL CHECK (height BETWEEN 1 AND 4096),
  bytes bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE creatives (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  line_item_id integer NOT NULL REFERENCES line_items (id),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'archived')),
  type text NOT NULL DEFAULT 'image' CHECK (type IN ('image')),
  asset text NOT NULL REFERENCES assets (hash),
  width integer NOT NULL CHECK (width BETWEEN 1 AND 4096),
  height integer NOT NULL CHECK (height BETWEEN 1 AND 4096),
  alt text NOT NULL DEFAULT '' CHECK (char_length(alt) <= 500),
  click_url text NOT NULL CHECK (click_url ~ '^https?://'),
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX creatives_of_line_item ON creatives (line_item_id, id);
CREATE INDEX creatives_of_asset ON creatives (asset);

CREATE TABLE sites (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  domain text NOT NULL CHECK (char_length(domain) BETWEEN 1 AND 253),
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE zones (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id integer NOT NULL REFERENCES sites (id),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  -- [[width, height], …] in CSS pixels.
  sizes jsonb NOT NULL CHECK (jsonb_typeof(sizes) = 'array' AND jsonb_array_length(sizes) BETWEEN 1 AND 20),
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX zones_of_site ON zones (site_id, id);

-- The version grows in the transaction of the change itself: who sees the new version sees the change, and the row's
-- lock puts changes in the order in which they are committed.
CREATE FUNCTION bump_inventory_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE inventory_version SET version = version + 1;
  RETURN NULL;
END $$;

CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON advertisers
  FOR EACH STATEMENT EXECUTE FUNCTION bump_inventory_version();
CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON campaigns
  FOR EACH STATEMENT EXECUTE FUNCTION bump_inventory_version();
CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON line_items
  FOR EACH STATEMENT EXECUTE FUNCTION bump_inventory_version();
CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON creatives
  FOR EACH STATEMENT EXECUTE FUNCTION bump_inventory_version();
CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sites
  FOR EACH STATEMENT EXECUTE FUNCTION bump_inventory_version();
CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON zones
  FOR EACH STATEMENT EXECUTE FUNCTION bump_inventory_version();
