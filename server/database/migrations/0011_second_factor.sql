-- Second factors: codes of an authenticator app, and codes for when it is lost.

CREATE TABLE second_factors (
  user_id integer PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  -- Shared with the app (RFC 6238): it has to be known as it is.
  secret bytea NOT NULL CHECK (octet_length(secret) = 20),
  -- null: not asked for yet, since nobody has shown that the app has it.
  confirmed_at timestamptz,
  -- The newest time step whose code was used: each is good once.
  last_step integer NOT NULL DEFAULT 0,
  -- SHA-256 of each recovery code that is left.
  recovery_hashes text[] NOT NULL DEFAULT '{}'
);
