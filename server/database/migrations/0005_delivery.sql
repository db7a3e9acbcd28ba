-- What line items promise and how they are paced, and the state of the pacing controller.

ALTER TABLE line_items
  -- Percent of the matching requests; of sponsorships, and of them alone.
  ADD COLUMN share integer CHECK (share BETWEEN 1 AND 100),
  -- {"metric", "amount", "per"}
  ADD COLUMN goal jsonb CHECK (jsonb_typeof(goal) = 'object'),
  -- {"micros", "per"}
  ADD COLUMN budget jsonb CHECK (jsonb_typeof(budget) = 'object'),
  -- {"model", "micros"}
  ADD COLUMN price jsonb CHECK (jsonb_typeof(price) = 'object'),
  ADD COLUMN pacing text NOT NULL DEFAULT 'even' CHECK (pacing IN ('even', 'asap')),
  ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC',
  -- [{"events", "per": {"unit", "count"}}, …]
  ADD COLUMN caps jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(caps) = 'array'),
  ADD COLUMN roadblock boolean NOT NULL DEFAULT false;

-- Until now a sponsorship took every request that matched.
UPDATE line_items SET share = 100 WHERE type = 'sponsorship';
ALTER TABLE line_items ADD CONSTRAINT line_items_share_of_sponsorship CHECK ((type = 'sponsorship') = (share IS NOT NULL));

ALTER TABLE campaigns
  -- Advertisers of the same category are not shown on one page; null: competes with nobody.
  ADD COLUMN category text CHECK (char_length(category) BETWEEN 1 AND 100),
  ADD COLUMN caps jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(caps) = 'array');

ALTER TABLE creatives
  ADD COLUMN caps jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(caps) = 'array');

-- One row for each line item with a goal or a budget: what the controller knows of it, in a form of its own
-- (server/pacing/ledger.ts). A lease is in here before a worker hears of it. Without a reference to line_items: the
-- row is written for line items of a snapshot that may have gone since.
CREATE TABLE pacing_ledger (
  line_item_id integer PRIMARY KEY,
  state jsonb NOT NULL CHECK (jsonb_typeof(state) = 'object'),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- One row. The one controller that may hand out leases, and until when without a sign of life.
CREATE TABLE pacing_controller (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  owner text NOT NULL,
  held_until timestamptz NOT NULL
);

-- Workers of other machines: their last report, and the leases for them; their machine's agent carries both.
CREATE TABLE pacing_workers (
  worker text PRIMARY KEY,
  report jsonb NOT NULL CHECK (jsonb_typeof(report) = 'object'),
  leases jsonb CHECK (jsonb_typeof(leases) = 'object'),
  -- The process is gone; this was its last report.
  ended boolean NOT NULL DEFAULT false,
  seen_at timestamptz NOT NULL DEFAULT now()
);

-- Up to when each machine's events have reached ClickHouse.
CREATE TABLE pacing_shipped (
  machine text PRIMARY KEY,
  shipped_until timestamptz NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now()
);

-- How the ad requests of a site (0: of all sites together) spread over a day in a time zone: 96 quarter-hours.
CREATE TABLE daily_curves (
  site_id integer NOT NULL,
  time_zone text NOT NULL,
  weights jsonb NOT NULL CHECK (jsonb_typeof(weights) = 'array'),
  learnt_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site_id, time_zone)
);

-- Of a line item's impressions, the share that was seen and the share that was clicked; eCPM is reckoned from these.
CREATE TABLE line_item_rates (
  line_item_id integer PRIMARY KEY,
  viewable_rate double precision NOT NULL CHECK (viewable_rate BETWEEN 0 AND 1),
  click_rate double precision NOT NULL CHECK (click_rate BETWEEN 0 AND 1),
  updated_at timestamptz NOT NULL DEFAULT now()
);
