-- Days (UTC, of the events' origin) whose raw events retention has dropped. Their rollups stand for good, whatever comes
-- later: what is sent for such a day after this is dropped too, and not counted.
CREATE TABLE IF NOT EXISTS dropped_days
(
  day Date,
  events UInt64,
  at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY day;
