-- The first way in is a link, and no longer a key that had to be shown once.

DELETE FROM api_keys WHERE NOT shown;
ALTER TABLE api_keys DROP COLUMN shown;
