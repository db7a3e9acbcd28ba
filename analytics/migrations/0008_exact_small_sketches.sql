-- Sketches that are exact up to about twelve thousand visitors. The rows are made anew from the events.
DROP TABLE IF EXISTS visitor_rollup SYNC;
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
  daily AggregateFunction(uniqCombined64(17), UInt64),
  cookies AggregateFunction(uniqCombined64(17), UInt64),
  daily_known UInt64 CODEC(T64, LZ4),
  cookies_known UInt64 CODEC(T64, LZ4)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (family, grain, bucket, period, version, site, country);
