-- Creatives beside single images: bundles, snippets, texts, native ads; images with a variant of double resolution.

ALTER TABLE assets
  DROP CONSTRAINT assets_content_type_check,
  ADD CONSTRAINT assets_content_type_check CHECK (content_type IN (
    'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/svg+xml',
    -- A checked HTML5 bundle in the form of server/inventory/bundle-pack.ts.
    'application/vnd.signpost.bundle'
  )),
  -- A bundle need not say its size.
  ALTER COLUMN width DROP NOT NULL,
  ALTER COLUMN height DROP NOT NULL,
  ADD CONSTRAINT assets_images_have_a_size CHECK (
    content_type = 'application/vnd.signpost.bundle' OR (width IS NOT NULL AND height IS NOT NULL)
  );

ALTER TABLE creatives
  DROP CONSTRAINT creatives_type_check,
  ADD CONSTRAINT creatives_type_check CHECK (type IN ('image', 'html5', 'html', 'text', 'native')),
  ALTER COLUMN asset DROP NOT NULL,
  ADD CONSTRAINT creatives_files_have_an_asset CHECK (type NOT IN ('image', 'html5') OR asset IS NOT NULL),
  ADD COLUMN asset_2x text REFERENCES assets (hash),
  -- What only creatives of this type have, such as the text.
  ADD COLUMN content jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(content) = 'object'),
  -- Further landings by the names of their links.
  ADD COLUMN links jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(links) = 'object');
CREATE INDEX creatives_of_asset_2x ON creatives (asset_2x) WHERE asset_2x IS NOT NULL;
