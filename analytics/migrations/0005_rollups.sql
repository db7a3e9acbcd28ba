-- Facts of events that came with prices and consent. `price_nanos` is in billionths of the account's currency, because
-- a thousandth of a price in micros need not be whole.
ALTER TABLE events ADD COLUMN IF NOT EXISTS price_nanos UInt64 AFTER link;
ALTER TABLE events ADD COLUMN IF NOT EXISTS consent LowCardinality(String) AFTER price_nanos;
ALTER TABLE events ADD COLUMN IF NOT EXISTS segments Array(LowCardinality(String)) AFTER consent;

-- What was made from events by a job is made anew in its new form.
DROP TABLE IF EXISTS traffic_rollup SYNC;
DROP TABLE IF EXISTS rollup_runs SYNC;
TRUNCATE TABLE conversion_runs;
TRUNCATE TABLE attributed_conversions;
ALTER TABLE attributed_conversions ADD COLUMN IF NOT EXISTS city LowCardinality(String) AFTER region;
ALTER TABLE attributed_conversions ADD COLUMN IF NOT EXISTS os_version LowCardinality(String) AFTER os;
ALTER TABLE attributed_conversions ADD COLUMN IF NOT EXISTS language LowCardinality(String) AFTER device;
ALTER TABLE attributed_conversions ADD COLUMN IF NOT EXISTS page String AFTER language;
ALTER TABLE attributed_conversions ADD COLUMN IF NOT EXISTS referrer LowCardinality(String) AFTER page;

-- Sums of counted events. A row belongs to a family, which is a choice of dimensions (analytics/rollup/cubes.ts); the
-- columns of the others are empty. Each family has all events of a period, so that their totals are the same. `bucket`
-- is the quarter of an hour, hour or UTC day that is summed up, and `period` what is made anew as one: the bucket's hour,
-- or the day itself. Rows count only under the version of their period that rollup_runs names.
CREATE TABLE IF NOT EXISTS traffic_rollup
(
  family LowCardinality(String),
  grain Enum8('quarter' = 1, 'hour' = 2, 'day' = 3),
  bucket DateTime('UTC') CODEC(Delta, LZ4),
  period DateTime('UTC') CODEC(Delta, LZ4),
  version UInt64,
  site UInt32,
  zone UInt32,
  no_fill LowCardinality(String),
  advertiser UInt32,
  campaign UInt32,
  line_item UInt32,
  creative UInt32,
  country LowCardinality(String),
  region LowCardinality(String),
  city LowCardinality(String),
  browser LowCardinality(String),
  browser_version UInt16,
  os LowCardinality(String),
  os_version LowCardinality(String),
  device LowCardinality(String),
  language LowCardinality(String),
  page LowCardinality(String),
  referrer LowCardinality(String),
  page_views UInt64 CODEC(T64, LZ4),
  ad_requests UInt64 CODEC(T64, LZ4),
  filled UInt64 CODEC(T64, LZ4),
  impressions UInt64 CODEC(T64, LZ4),
  viewable_impressions UInt64 CODEC(T64, LZ4),
  clicks UInt64 CODEC(T64, LZ4),
  spend_nanos UInt64 CODEC(T64, LZ4)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (family, grain, bucket, period, version, line_item, site);

-- Each making of a period's rows: once when it starts, once when it is done. `made_of` is a fingerprint of what they
-- were made from: a period's events, marks and reversals, or the versions of a day's hours. Only a version that is done
-- counts, and of these the highest, for as long as its fingerprint is that of what there is.
CREATE TABLE IF NOT EXISTS rollup_runs
(
  cube Enum8('traffic' = 1, 'visitors' = 2),
  unit Enum8('hour' = 1, 'day' = 2),
  period DateTime('UTC'),
  version UInt64,
  state Enum8('started' = 1, 'done' = 2),
  made_of UInt64,
  at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (cube, unit, period, version, state);
