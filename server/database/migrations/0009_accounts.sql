-- Who may come in, and by which key.

CREATE TABLE users (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  email text CHECK (char_length(email) BETWEEN 3 AND 254),
  role text NOT NULL CHECK (role IN ('admin', 'adops', 'advertiser', 'publisher', 'analyst')),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email ON users (lower(email));

-- Whose data somebody of the role advertiser, or publisher, gets to see.
CREATE TABLE user_advertisers (
  user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  advertiser_id integer NOT NULL REFERENCES advertisers (id) ON DELETE CASCADE,
  PRIMARY KEY (user_id, advertiser_id)
);
CREATE INDEX user_advertisers_of_advertiser ON user_advertisers (advertiser_id);

CREATE TABLE user_sites (
  user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  site_id integer NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  PRIMARY KEY (user_id, site_id)
);
CREATE INDEX user_sites_of_site ON user_sites (site_id);

-- Whose way in the first key is.
INSERT INTO users (name, role) VALUES ('Administrator', 'admin');

ALTER TABLE api_keys
  ADD COLUMN user_id integer REFERENCES users (id) ON DELETE CASCADE,
  ADD COLUMN advertiser_id integer REFERENCES advertisers (id) ON DELETE CASCADE,
  -- null: all that its owner may do.
  ADD COLUMN scopes text[],
  ADD COLUMN revoked_at timestamptz;
UPDATE api_keys SET user_id = (SELECT min(id) FROM users);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_one_owner CHECK (num_nonnulls(user_id, advertiser_id) = 1);
CREATE INDEX api_keys_of_user ON api_keys (user_id);
CREATE INDEX api_keys_of_advertiser ON api_keys (advertiser_id);
