-- 1 while the jobs and suggestions of a run do not yet match its state: that work is done in small pieces.
ALTER TABLE runs ADD COLUMN settling INTEGER NOT NULL DEFAULT 0 CHECK (settling IN (0, 1));

CREATE INDEX runs_settling ON runs (seq) WHERE settling = 1;

-- 1 once the CMS has been asked, through the feed, to take this applied text back.
ALTER TABLE suggestions ADD COLUMN undo_asked INTEGER NOT NULL DEFAULT 0 CHECK (undo_asked IN (0, 1));

-- What a client called its request, so that asking again after a lost answer gives the same job.
CREATE TABLE idempotency_keys (
  site_id      TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  name         TEXT NOT NULL,
  request_hash BLOB NOT NULL,
  job_id       TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (site_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
