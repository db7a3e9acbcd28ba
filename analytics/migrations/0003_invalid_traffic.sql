-- Marks that were found when an hour was looked at as a whole: event (type, id) and the reason why it does not count.
-- The events themselves are never changed. Rows count only under the version of their period that mark_runs names; what
-- a reversal chooses by is here beside the reason.
CREATE TABLE IF NOT EXISTS event_marks
(
  period DateTime('UTC'),
  version UInt64,
  type Enum8('ad_request' = 1, 'impression' = 2, 'viewable' = 3, 'click' = 4, 'page_view' = 5, 'conversion' = 6),
  id UInt64,
  reason LowCardinality(String),
  time DateTime64(3, 'UTC'),
  site UInt32,
  line_item UInt32,
  network String,
  asn UInt32
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(period)
ORDER BY (period, version, type, id);

-- Each look at a period, as in rollup_runs. `events` is how many raw events it had, `marks` how many marks were made.
CREATE TABLE IF NOT EXISTS mark_runs
(
  period DateTime('UTC'),
  version UInt64,
  state Enum8('started' = 1, 'done' = 2),
  events UInt64,
  at DateTime64(3, 'UTC'),
  marks UInt64
)
ENGINE = MergeTree
ORDER BY (period, version, state);

-- Reversals: a reason that is not to be held against some events. Rows are only added, one when a reversal is made and
-- one when it is undone, so that the table is its own record of who saw fit to do what, when and why.
CREATE TABLE IF NOT EXISTS traffic_reversals
(
  id UInt64,
  state Enum8('made' = 1, 'undone' = 2),
  at DateTime64(3, 'UTC'),
  reason LowCardinality(String),
  first DateTime64(3, 'UTC'),
  end DateTime64(3, 'UTC'),
  site UInt32,
  line_item UInt32,
  network String,
  asn UInt32,
  note String
)
ENGINE = MergeTree
ORDER BY (at, id);
