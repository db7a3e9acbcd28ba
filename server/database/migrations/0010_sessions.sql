-- Passwords, and who is signed in.

ALTER TABLE users
  -- argon2id, as PHC string; null: no password yet.
  ADD COLUMN password text;

CREATE TABLE sessions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- SHA-256 of what the cookie has.
  hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  browser text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_of_user ON sessions (user_id);

-- With such a link somebody sets their password: the first one, or another where it was forgotten. One for each user.
CREATE TABLE password_links (
  user_id integer PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  expires_at timestamptz NOT NULL
);
