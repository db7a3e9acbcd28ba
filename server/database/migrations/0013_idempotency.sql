-- Creations that were asked for under an Idempotency-Key, with their answers.

CREATE TABLE idempotency_keys (
  -- Who asked: like `user 3` or `key 7`.
  owner text NOT NULL,
  key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
  -- SHA-256 of what was asked for.
  fingerprint bytea NOT NULL,
  -- What was answered; as text, so that it stays as it was; null only in the transaction that makes it.
  answer json,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
