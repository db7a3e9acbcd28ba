-- What counts as a conversion for an advertiser, and what of it may be put down to an ad.
CREATE TABLE conversion_actions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  advertiser_id integer NOT NULL REFERENCES advertisers (id),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'archived')),
  click_window_days integer NOT NULL DEFAULT 30 CHECK (click_window_days BETWEEN 1 AND 90),
  -- 0: conversions are not put down to impressions.
  view_window_hours integer NOT NULL DEFAULT 24 CHECK (view_window_hours BETWEEN 0 AND 24),
  counting text NOT NULL DEFAULT 'every' CHECK (counting IN ('one', 'every')),
  currency text NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
  -- Whether the advertiser's landing pages are told which click led to them.
  click_id boolean NOT NULL DEFAULT true,
  -- Whether the pixel is taken, which anybody can call; without, only a server that has the secret.
  pixel boolean NOT NULL DEFAULT true,
  secret text NOT NULL,
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX conversion_actions_of_advertiser ON conversion_actions (advertiser_id, id);

CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON conversion_actions
  FOR EACH STATEMENT EXECUTE FUNCTION bump_inventory_version();
