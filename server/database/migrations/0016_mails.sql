-- Mails to people: links to set a password with. The link itself is made when a mail is sent, and is nowhere here.

ALTER TABLE users ADD COLUMN language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'zh-TW'));

CREATE TABLE mails (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('invitation', 'reset')),
  -- Whom it is for. Who asks for a reset gives an address, and whose that is, if anybody's, is looked up when it is sent:
  -- so asking takes as long for nobody.
  user_id integer REFERENCES users (id) ON DELETE CASCADE,
  email text CHECK (char_length(email) <= 254),
  -- waiting: to be sent at next_at. sending: a back office is at it until claimed_until; later, it has died.
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sending', 'sent', 'failed')),
  next_at timestamptz NOT NULL DEFAULT now(),
  claim uuid,
  claimed_until timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  error text,
  made_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  CHECK (num_nonnulls(user_id, email) = 1),
  CHECK ((status = 'sending') = (claim IS NOT NULL AND claimed_until IS NOT NULL)),
  CHECK ((status IN ('sent', 'failed')) = (ended_at IS NOT NULL))
);
CREATE INDEX mails_to_do ON mails (next_at) WHERE status IN ('waiting', 'sending');
CREATE INDEX mails_of_user ON mails (user_id, ended_at);
