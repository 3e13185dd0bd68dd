-- What a model said about an image. The same image, model and settings always give the same words, so a second subject
-- with the same image, or a field asked for later, costs no second run of the model. Kept apart for each site.
CREATE TABLE results (
  site_id      TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  image_sha256 TEXT NOT NULL,
  model        TEXT NOT NULL,
  settings     TEXT NOT NULL,
  result       TEXT NOT NULL CHECK (json_valid(result)),
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (site_id, image_sha256, model, settings)
) STRICT, WITHOUT ROWID;

CREATE INDEX results_by_age ON results (created_at);
