-- Different visitors over any range of days, without putting sketches together (analytics/rollup/returns.ts).

-- Who was seen on a UTC day, and in which quarters of the day (0 to 95) first and last. `period` is the day. Kept as long
-- as the events, and read only to make visitor_returns.
CREATE TABLE IF NOT EXISTS visitor_days
(
  period DateTime('UTC') CODEC(Delta, LZ4),
  version UInt64,
  cookie Bool,
  site UInt32,
  country LowCardinality(String),
  region LowCardinality(String),
  city LowCardinality(String),
  browser LowCardinality(String),
  os LowCardinality(String),
  device LowCardinality(String),
  language LowCardinality(String),
  visitor UInt64,
  first UInt8,
  last UInt8
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(period)
ORDER BY (period, version, cookie, country, region, city, visitor);

-- How many visitors a UTC day had, by when they were seen before. No visitor's number is in it. `period` is the day, and
-- `bucket` the day that a row is looked up by: the same, but for `since` the day on which they were seen before.
CREATE TABLE IF NOT EXISTS visitor_returns
(
  family LowCardinality(String),
  part Enum8('days' = 1, 'from' = 2, 'to' = 3, 'since' = 4),
  bucket DateTime('UTC') CODEC(Delta, LZ4),
  period DateTime('UTC') CODEC(Delta, LZ4),
  version UInt64,
  site UInt32,
  country LowCardinality(String),
  region LowCardinality(String),
  city LowCardinality(String),
  browser LowCardinality(String),
  os LowCardinality(String),
  device LowCardinality(String),
  language LowCardinality(String),
  cookie Bool,
  gap UInt16,
  quarter UInt8,
  before UInt8,
  visitors UInt32
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (family, part, bucket, period, version, cookie, country, site);

ALTER TABLE rollup_runs MODIFY COLUMN unit Enum8('hour' = 1, 'day' = 2, 'local_day' = 3, 'visitor_day' = 4, 'returns' = 5);

-- Of returns: how many days before their own they look back on.
ALTER TABLE rollup_runs ADD COLUMN IF NOT EXISTS reach UInt16;

-- Visitors by browser, system, device, language and referrer.
ALTER TABLE visitor_rollup ADD COLUMN IF NOT EXISTS browser LowCardinality(String) AFTER city;
ALTER TABLE visitor_rollup ADD COLUMN IF NOT EXISTS os LowCardinality(String) AFTER browser;
ALTER TABLE visitor_rollup ADD COLUMN IF NOT EXISTS device LowCardinality(String) AFTER os;
ALTER TABLE visitor_rollup ADD COLUMN IF NOT EXISTS language LowCardinality(String) AFTER device;
ALTER TABLE visitor_rollup ADD COLUMN IF NOT EXISTS referrer LowCardinality(String) AFTER page;
