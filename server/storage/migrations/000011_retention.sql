-- Up to which entry the feed of an instance has been pruned: a cursor before it would skip what a reader never saw.
CREATE TABLE pruned_feeds (
  site_id  TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  instance INTEGER NOT NULL,
  cursor   INTEGER NOT NULL,
  PRIMARY KEY (site_id, instance)
) STRICT, WITHOUT ROWID;

-- All that knows a picture, for its end and for erasing it. The beginning of the hash is enough to find few rows.
CREATE INDEX jobs_by_image ON jobs (substr(image_sha256, 1, 12));
CREATE INDEX suggestions_by_image ON suggestions (substr(image_sha256, 1, 12));

-- Sites that are being erased, a piece at a time; what a restart interrupts goes on after it.
CREATE TABLE erased_sites (
  site_id TEXT PRIMARY KEY REFERENCES sites (id) ON DELETE CASCADE,
  at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
