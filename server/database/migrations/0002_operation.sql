-- What the installation itself needs: keys, secrets, runs of jobs.

-- One row. Demo inventory comes once: who removed it does not get it again at the next start.
CREATE TABLE installation (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  demo_seeded_at timestamptz
);
INSERT INTO installation DEFAULT VALUES;

-- A key itself is never stored, only its hash: 256 random bits need no salt and no slow hash.
CREATE TABLE api_keys (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  -- Whether anybody has seen the key: the first one is made again at the next start where the start failed before.
  shown boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);

CREATE TABLE secrets (
  name text PRIMARY KEY,
  value jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- Keys of the daily visitor numbers. Unlogged, so that they reach no write-ahead log, and with it no archive, no
-- base backup's log and no standby: a destroyed key stays destroyed. A crash of the server empties the table, which
-- costs no more than a new key for the rest of the day.
CREATE UNLOGGED TABLE day_keys (
  day date PRIMARY KEY,
  key bytea NOT NULL
);

CREATE TABLE job_runs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  -- null while it runs.
  outcome text CHECK (outcome IN ('succeeded', 'failed', 'interrupted')),
  counts jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(counts) = 'object'),
  error text,
  CHECK ((outcome IS NULL) = (ended_at IS NULL))
);
CREATE INDEX job_runs_of_job ON job_runs (job, started_at DESC);
