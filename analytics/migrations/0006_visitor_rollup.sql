-- Page views with the visits and visitors they make up, as traffic_rollup has its sums. Visitors are sketches, which can be
-- put together: of those with a cookie, and of those whose number lives one UTC day. In rows of days `daily_known` and
-- `cookies_known` are what the sketches say, for reports that have no need to put any together.
CREATE TABLE IF NOT EXISTS visitor_rollup
(
  family LowCardinality(String),
  grain Enum8('quarter' = 1, 'hour' = 2, 'day' = 3),
  bucket DateTime('UTC') CODEC(Delta, LZ4),
  period DateTime('UTC') CODEC(Delta, LZ4),
  version UInt64,
  site UInt32,
  country LowCardinality(String),
  region LowCardinality(String),
  city LowCardinality(String),
  page LowCardinality(String),
  page_views UInt64 CODEC(T64, LZ4),
  visits UInt64 CODEC(T64, LZ4),
  exits UInt64 CODEC(T64, LZ4),
  bounces UInt64 CODEC(T64, LZ4),
  visit_ms UInt64 CODEC(T64, LZ4),
  daily AggregateFunction(uniqCombined64(14), UInt64),
  cookies AggregateFunction(uniqCombined64(14), UInt64),
  daily_known UInt64 CODEC(T64, LZ4),
  cookies_known UInt64 CODEC(T64, LZ4)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (family, grain, bucket, period, version, site, country);
