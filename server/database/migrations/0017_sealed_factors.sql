-- Secrets of second factors are sealed, by a key that the database has not. No release has others.

DELETE FROM second_factors;
ALTER TABLE second_factors DROP CONSTRAINT second_factors_secret_check;
ALTER TABLE second_factors ADD CHECK (octet_length(secret) > 33);
