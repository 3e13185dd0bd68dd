-- Predictions of one picture, and those of one site, are found among any number of others.
CREATE INDEX replies_of_picture ON replies (site_id, substr(image_sha256, 1, 12));

-- Runs that are paused, among all that there ever were.
CREATE INDEX runs_paused ON runs (id) WHERE state = 'paused';
