-- Conversions that follow an ad, each with the click or impression that it is put down to: made from the events by a
-- job, a period as one. Rows count only under the version of their period that conversion_runs names.
-- `once` is what may occur once for an action: the click or impression where one conversion of each counts, else the
-- conversion itself, whose id is made of its order.
CREATE TABLE IF NOT EXISTS attributed_conversions
(
  period DateTime('UTC'),
  version UInt64,
  id UInt64,
  time DateTime64(3, 'UTC'),
  kind Enum8('post_click' = 1, 'post_view' = 2),
  action UInt32,
  value_micros UInt64,
  once UInt64,
  touch UInt64,
  touch_time DateTime64(3, 'UTC'),
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
  device LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(period)
ORDER BY (period, version, action, id);

-- Each making of a period's rows, as in rollup_runs. `events` is what it was made from, and tells when to make it anew.
CREATE TABLE IF NOT EXISTS conversion_runs
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
