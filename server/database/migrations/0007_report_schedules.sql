-- Reports that are sent by themselves, and what became of each.

CREATE TABLE report_schedules (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Goes into the ids of messages, which are the same whenever one is sent again.
  key uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'archived')),
  report text NOT NULL,
  -- {"dimensions", "metrics", "filter", "sort", "limit", "compare"}, as in the query of the API.
  content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
  every text NOT NULL CHECK (every IN ('day', 'week', 'month')),
  -- Of weekly ones, 1 for Monday: the week that ended the day before is reported.
  weekday integer CHECK (weekday BETWEEN 1 AND 7),
  hour integer NOT NULL CHECK (hour BETWEEN 0 AND 23),
  time_zone text NOT NULL,
  formats jsonb NOT NULL CHECK (jsonb_typeof(formats) = 'array'),
  -- {"email": ["a@example.com"], "folder": "weekly", "bucket": "weekly"}, each optional.
  targets jsonb NOT NULL CHECK (jsonb_typeof(targets) = 'object'),
  -- How long to wait for final numbers.
  wait_hours integer NOT NULL CHECK (wait_hours BETWEEN 0 AND 72),
  -- What fell due before is not made up for.
  active_since timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((every = 'week') = (weekday IS NOT NULL))
);

-- One row for each schedule, period and target: what is here is not made a second time.
CREATE TABLE report_deliveries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  schedule_id integer NOT NULL REFERENCES report_schedules,
  -- Days of the schedule's time zone; the last one included.
  first_day date NOT NULL,
  last_day date NOT NULL,
  target text NOT NULL CHECK (target IN ('email', 'folder', 'bucket')),
  due_at timestamptz NOT NULL,
  -- waiting: to be done at next_at. sending: a back office is at it until claimed_until; later, it has died.
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sending', 'delivered', 'failed')),
  next_at timestamptz NOT NULL,
  claim uuid,
  claimed_until timestamptz,
  -- How often it was begun.
  attempts integer NOT NULL DEFAULT 0,
  -- Whether the numbers were not final when they were sent.
  provisional boolean,
  -- What was sent where, for people.
  result jsonb,
  error text,
  ended_at timestamptz,
  UNIQUE (schedule_id, first_day, target),
  CHECK ((status = 'sending') = (claim IS NOT NULL AND claimed_until IS NOT NULL)),
  CHECK ((status IN ('delivered', 'failed')) = (ended_at IS NOT NULL))
);
CREATE INDEX report_deliveries_to_do ON report_deliveries (next_at) WHERE status IN ('waiting', 'sending');
