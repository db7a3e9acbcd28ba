-- Numbers of machines that only deliver, for the back office to show with its own: series and value.
CREATE TABLE machine_metrics (
  machine text PRIMARY KEY,
  samples jsonb NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now()
);
