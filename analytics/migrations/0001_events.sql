-- Every event, as it came: duplicates and events that do not count are told apart when reading.
-- The columns are those of analytics/events/columns.ts; a test holds the two together.
--
-- Partitions are days, so that retention drops whole ones. The order puts an hour's duplicates side by side and its
-- page views in one run; both the rollup and the reports read by hour and type.
CREATE TABLE IF NOT EXISTS events
(
  type Enum8('ad_request' = 1, 'impression' = 2, 'viewable' = 3, 'click' = 4, 'page_view' = 5, 'conversion' = 6),
  id UInt64,
  time DateTime64(3, 'UTC'),
  origin DateTime64(3, 'UTC'),
  visitor UInt64,
  visitor_kind Enum8('' = 0, 'daily' = 1, 'cookie' = 2),
  site UInt32,
  zone UInt32,
  advertiser UInt32,
  campaign UInt32,
  line_item UInt32,
  creative UInt32,
  no_fill LowCardinality(String),
  not_counted LowCardinality(String),
  country LowCardinality(String),
  region LowCardinality(String),
  city LowCardinality(String),
  network String,
  geo_build UInt32,
  browser LowCardinality(String),
  browser_version UInt16,
  os LowCardinality(String),
  os_version LowCardinality(String),
  device LowCardinality(String),
  language LowCardinality(String),
  page String,
  referrer LowCardinality(String),
  invalid LowCardinality(String),
  asn UInt32,
  conversion_action UInt32,
  value_micros UInt64,
  currency LowCardinality(String),
  decision UInt64,
  decision_time DateTime64(3, 'UTC'),
  link LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(origin)
ORDER BY (toStartOfHour(origin), type, id)
-- A segment sent again must find its token here. One segment takes one entry for each day it touches; a machine makes
-- one every few seconds, so 50,000 last three days for one machine and seven hours for ten, while a segment whose
-- fate is unknown is sent again in the next run. An entry is about 100 bytes of memory.
SETTINGS non_replicated_deduplication_window = 50000;

-- How many raw events each hour has, by the hour of their origin, and the span of their times. A rollup of an hour is
-- valid exactly while it was made from this many, and reports find by the span which hours they need.
CREATE TABLE IF NOT EXISTS period_events
(
  period DateTime('UTC'),
  events SimpleAggregateFunction(sum, UInt64),
  first SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
  last SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(period)
ORDER BY period
SETTINGS non_replicated_deduplication_window = 50000;

CREATE MATERIALIZED VIEW IF NOT EXISTS period_events_from_events TO period_events AS
SELECT
  toStartOfHour(origin) AS period,
  count() AS events,
  min(time) AS first,
  max(time) AS last
FROM events
GROUP BY period;
