-- By which a conversion finds the clicks and impressions of visitors with a cookie, of one day and one advertiser.
ALTER TABLE events ADD COLUMN IF NOT EXISTS pairing UInt64 AFTER segments;
