-- Visitors of days of 24 hours that begin at another instant than midnight UTC, as those of some time zone do
-- (analytics/rollup/local-days.ts): numbers, because nothing that is longer is made of them. `bucket` is where the day
-- begins, and `period` its UTC day, which is made anew as one. `daily_days` and `cookie_days` are the different visitors
-- of each of the UTC days that it touches, added up; `utc_days` is how many these are.
CREATE TABLE IF NOT EXISTS visitor_local_days
(
  family LowCardinality(String),
  bucket DateTime('UTC') CODEC(Delta, LZ4),
  period DateTime('UTC') CODEC(Delta, LZ4),
  version UInt64,
  site UInt32,
  country LowCardinality(String),
  page_views UInt64 CODEC(T64, LZ4),
  visits UInt64 CODEC(T64, LZ4),
  exits UInt64 CODEC(T64, LZ4),
  bounces UInt64 CODEC(T64, LZ4),
  visit_ms UInt64 CODEC(T64, LZ4),
  daily_days UInt64 CODEC(T64, LZ4),
  cookie_days UInt64 CODEC(T64, LZ4),
  cookies UInt64 CODEC(T64, LZ4),
  utc_days UInt8
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (family, bucket, period, version, site, country);

ALTER TABLE rollup_runs MODIFY COLUMN unit Enum8('hour' = 1, 'day' = 2, 'local_day' = 3);
