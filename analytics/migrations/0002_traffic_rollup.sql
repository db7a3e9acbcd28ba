-- Quarter-hour sums of counted events, duplicates taken out. A period's rows are made anew under a new version
-- whenever its raw events change; rows count only under the version that rollup_runs names.
CREATE TABLE IF NOT EXISTS traffic_rollup
(
  period DateTime('UTC'),
  version UInt64,
  quarter DateTime('UTC'),
  site UInt32,
  zone UInt32,
  advertiser UInt32,
  campaign UInt32,
  line_item UInt32,
  creative UInt32,
  country LowCardinality(String),
  region LowCardinality(String),
  browser LowCardinality(String),
  browser_version UInt16,
  os LowCardinality(String),
  device LowCardinality(String),
  page_views UInt64,
  ad_requests UInt64,
  filled UInt64,
  impressions UInt64,
  viewable_impressions UInt64,
  clicks UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(period)
ORDER BY (quarter, period, version, site, zone);

-- Each making of a period's rows: once when it starts, once when it is done. `events` is how many raw events the
-- period had when it was read, `marks` the version of its marks of invalid traffic and `reversals` how many changes of
-- reversals touched it (0003_invalid_traffic). Only a version that is done counts, and of these the highest.
CREATE TABLE IF NOT EXISTS rollup_runs
(
  period DateTime('UTC'),
  version UInt64,
  state Enum8('started' = 1, 'done' = 2),
  events UInt64,
  at DateTime64(3, 'UTC'),
  marks UInt64,
  reversals UInt32
)
ENGINE = MergeTree
ORDER BY (period, version, state);
