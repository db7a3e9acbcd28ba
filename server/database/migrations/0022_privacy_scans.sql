-- What was found when the stores were looked through for addresses: the last scan of each machine, masked samples only.
CREATE TABLE privacy_scans (
  machine text PRIMARY KEY,
  made_at timestamptz NOT NULL,
  -- Things found that should not be there, and stores that could not be looked at.
  problems integer NOT NULL,
  -- A form of its own (server/privacy/scan.ts).
  content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object')
);
