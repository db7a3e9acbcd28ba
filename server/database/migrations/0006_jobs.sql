-- Where each job of the whole installation stands: one row, whichever back office runs it.
CREATE TABLE job_states (
  job text PRIMARY KEY,
  -- Who runs it now, and until when without a sign of life; null: nobody.
  owner text,
  held_until timestamptz,
  -- The times of its schedule up to this one are done with. What is due and later was missed.
  covered_until timestamptz NOT NULL,
  last_success_at timestamptz,
  -- In a row, since it last succeeded.
  failures integer NOT NULL DEFAULT 0,
  -- The reason of the last of them.
  error text,
  -- Not before this, after a failure.
  next_try_at timestamptz,
  CHECK ((owner IS NULL) = (held_until IS NULL))
);
