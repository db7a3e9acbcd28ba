-- Days (UTC, of the events' origin) whose raw events retention has dropped. What is sent for such a day after this is
-- dropped too, and not counted.
CREATE TABLE IF NOT EXISTS dropped_days
(
  day Date,
  events UInt64,
  at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY day;

-- Their hours of origin, as period_events had them when the day was dropped. The rollups made of them stand for good,
-- whatever comes later.
CREATE TABLE IF NOT EXISTS dropped_periods
(
  period DateTime('UTC'),
  events UInt64,
  first DateTime64(3, 'UTC'),
  last DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY period;
