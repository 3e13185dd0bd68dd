-- Runs that clients of prediction APIs create, poll and cancel. They survive a restart; a day after they ended they go.
CREATE TABLE predictions (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  site_id      TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  -- What the client called the model; any name is taken.
  model        TEXT NOT NULL,
  version      TEXT NOT NULL,
  image_sha256 TEXT NOT NULL,
  -- What is asked of our own model, and what the client sent, without the picture.
  options      TEXT NOT NULL CHECK (json_valid(options)),
  input        TEXT NOT NULL CHECK (json_valid(input)),
  state        TEXT NOT NULL CHECK (state IN ('starting', 'succeeded', 'failed', 'canceled')),
  attempts     INTEGER NOT NULL DEFAULT 0,
  output       TEXT,
  error_code   TEXT,
  created_at   INTEGER NOT NULL,
  started_at   INTEGER,
  completed_at INTEGER,
  CHECK ((state = 'succeeded') = (output IS NOT NULL)),
  CHECK ((state = 'failed') = (error_code IS NOT NULL)),
  CHECK ((state = 'starting') = (completed_at IS NULL))
) STRICT;

CREATE INDEX predictions_waiting ON predictions (seq) WHERE state = 'starting';
CREATE INDEX predictions_ended ON predictions (completed_at) WHERE completed_at IS NOT NULL;
