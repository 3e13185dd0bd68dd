-- What a job needs of a model. A job of instance -1 is answered with a reply instead of a suggestion: its subject's id is
-- `prediction` when the reply is kept in the table below, `caption` when somebody waits for it at a connection.
ALTER TABLE jobs ADD COLUMN needs TEXT NOT NULL DEFAULT 'caption';

CREATE INDEX jobs_of_other_tasks ON jobs (site_id, priority, available_at, seq)
WHERE state = 'waiting' AND held = 0 AND needs <> 'caption';

CREATE INDEX jobs_with_reply ON jobs (created_at) WHERE instance = -1;

-- Until then the bytes of a picture stay, whatever becomes of its jobs.
ALTER TABLE images ADD COLUMN kept_until INTEGER;

-- What prediction APIs show of a job. The job of the same id goes when it ends.
CREATE TABLE replies (
  seq            INTEGER PRIMARY KEY AUTOINCREMENT,
  id             TEXT NOT NULL UNIQUE,
  site_id        TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  -- What the client called the model; any name is taken.
  model          TEXT NOT NULL,
  version        TEXT NOT NULL,
  image_sha256   TEXT NOT NULL,
  -- What the client sent, without the picture.
  input          TEXT NOT NULL CHECK (json_valid(input)),
  state          TEXT NOT NULL CHECK (state IN ('starting', 'succeeded', 'failed', 'canceled')),
  output         TEXT,
  error_code     TEXT,
  created_at     INTEGER NOT NULL,
  started_at     INTEGER,
  completed_at   INTEGER,
  -- Where the end is told, for the one API whose clients may ask for that; due: null once delivered, or given up.
  webhook_url    TEXT,
  webhook_secret TEXT,
  webhook_tries  INTEGER NOT NULL DEFAULT 0,
  webhook_due_at INTEGER,
  CHECK ((state = 'succeeded') = (output IS NOT NULL)),
  CHECK ((state = 'failed') = (error_code IS NOT NULL)),
  CHECK ((state = 'starting') = (completed_at IS NULL))
) STRICT;

INSERT INTO replies (id, site_id, model, version, image_sha256, input, state, output, error_code, created_at, started_at,
  completed_at, webhook_url, webhook_secret, webhook_tries, webhook_due_at)
SELECT id, site_id, model, version, image_sha256, input, state, output, error_code, created_at, started_at, completed_at,
  webhook_url, webhook_secret, webhook_tries, webhook_due_at
FROM predictions ORDER BY seq;

INSERT INTO jobs (id, site_id, instance, subject_type, subject_id, image_sha256, priority, request, needs, state,
  available_at, created_at, updated_at)
SELECT id, site_id, -1, 'reply', 'prediction', image_sha256, 0, json_object('reply', json(options)),
  CASE
    WHEN options ->> '$.question' IS NOT NULL THEN 'answer'
    WHEN options ->> '$.prompt' IS NOT NULL THEN 'prompt'
    ELSE 'caption'
  END,
  'waiting', created_at, created_at, created_at
FROM predictions WHERE state = 'starting' ORDER BY seq;

DROP TABLE predictions;

CREATE INDEX replies_waiting ON replies (site_id) WHERE state = 'starting';
CREATE INDEX replies_by_age ON replies (created_at);
CREATE INDEX replies_to_tell ON replies (webhook_due_at) WHERE webhook_due_at IS NOT NULL;

-- In the statement that ends it, whichever that is.
CREATE TRIGGER ended_replies_are_told AFTER UPDATE OF completed_at ON replies
WHEN OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL AND NEW.webhook_url IS NOT NULL
BEGIN
  UPDATE replies SET webhook_due_at = NEW.completed_at WHERE id = NEW.id;
END;
