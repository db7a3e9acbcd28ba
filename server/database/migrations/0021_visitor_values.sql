-- Advertisers that keep values of their own in visitors' browsers, and values that their servers sent, until the browsers
-- have come for them.

ALTER TABLE advertisers ADD COLUMN visitor_values boolean NOT NULL DEFAULT false;

CREATE TABLE sent_values (
  advertiser_id integer NOT NULL REFERENCES advertisers (id) ON DELETE CASCADE,
  -- The advertiser's pseudonym of the visitor on one site: random, and in no event.
  visitor text NOT NULL CHECK (char_length(visitor) = 23),
  -- Empty: the value is to be removed.
  value text NOT NULL CHECK (char_length(value) <= 64),
  sent_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (advertiser_id, visitor)
);
CREATE INDEX sent_values_by_time ON sent_values (sent_at);

-- Grows with each change, so that workers' machines know when to read.
CREATE TABLE sent_values_version (version bigint NOT NULL);
INSERT INTO sent_values_version VALUES (0);
CREATE FUNCTION bump_sent_values_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sent_values_version SET version = version + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sent_values
  FOR EACH STATEMENT EXECUTE FUNCTION bump_sent_values_version();
