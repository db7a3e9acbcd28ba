-- What other systems call campaigns and their parts: an import finds them again by it.

ALTER TABLE campaigns ADD COLUMN external_id text CHECK (char_length(external_id) BETWEEN 1 AND 200);
ALTER TABLE line_items ADD COLUMN external_id text CHECK (char_length(external_id) BETWEEN 1 AND 200);
ALTER TABLE creatives ADD COLUMN external_id text CHECK (char_length(external_id) BETWEEN 1 AND 200);
CREATE UNIQUE INDEX campaigns_external_id ON campaigns (advertiser_id, external_id);
CREATE UNIQUE INDEX line_items_external_id ON line_items (campaign_id, external_id);
CREATE UNIQUE INDEX creatives_external_id ON creatives (line_item_id, external_id);
