-- Times are integer milliseconds UTC and end in _at. JSON columns hold what server/contract describes.
-- `seq` orders rows and never leaves the sidecar; `id` is what clients see.

CREATE TABLE facts (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sites (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  settings    TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings)),
  -- Number of the latest turn this site had at the queue; the site with the smallest is next.
  served_turn INTEGER NOT NULL DEFAULT 0,
  created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE keys (
  id           TEXT PRIMARY KEY,
  site_id      TEXT REFERENCES sites (id) ON DELETE CASCADE,
  scope        TEXT NOT NULL CHECK (scope IN ('site', 'worker', 'admin')),
  name         TEXT NOT NULL,
  secret_hash  BLOB NOT NULL CHECK (length(secret_hash) = 32),
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER,
  CHECK ((scope = 'site') = (site_id IS NOT NULL))
) STRICT;

CREATE TABLE images (
  site_id      TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  sha256       TEXT NOT NULL CHECK (length(sha256) = 64),
  bytes        INTEGER NOT NULL,
  width        INTEGER NOT NULL,
  height       INTEGER NOT NULL,
  media_type   TEXT NOT NULL,
  -- 1 while the bytes are on disk; retention sets it to 0.
  original     INTEGER NOT NULL DEFAULT 1 CHECK (original IN (0, 1)),
  thumbnail    INTEGER NOT NULL DEFAULT 0 CHECK (thumbnail IN (0, 1)),
  received_at  INTEGER NOT NULL,
  PRIMARY KEY (site_id, sha256)
) STRICT, WITHOUT ROWID;

CREATE INDEX images_by_age ON images (received_at) WHERE original = 1;

CREATE TABLE runs (
  seq             INTEGER PRIMARY KEY AUTOINCREMENT,
  id              TEXT NOT NULL UNIQUE,
  site_id         TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  name            TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'undone')),
  -- 1: images whose suggestion was rejected or marked decorative earlier are captioned again.
  include_decided INTEGER NOT NULL CHECK (include_decided IN (0, 1)),
  expected        INTEGER,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX runs_of_site ON runs (site_id, seq);

CREATE TABLE jobs (
  seq           INTEGER PRIMARY KEY AUTOINCREMENT,
  id            TEXT NOT NULL UNIQUE,
  site_id       TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  subject_type  TEXT NOT NULL,
  subject_id    TEXT NOT NULL,
  image_sha256  TEXT NOT NULL,
  -- The model that was there when the job came; once done, the model that wrote the text.
  model_id      TEXT,
  run_id        TEXT REFERENCES runs (id) ON DELETE SET NULL,
  priority      INTEGER NOT NULL CHECK (priority IN (0, 1, 2)),
  request       TEXT NOT NULL CHECK (json_valid(request)),
  state         TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- 1 while its run is paused.
  held          INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
  available_at  INTEGER NOT NULL,
  -- Every claim counts an attempt, before the work. Of those: failed retryably, crashed the worker, were interrupted.
  attempts      INTEGER NOT NULL DEFAULT 0,
  failures      INTEGER NOT NULL DEFAULT 0,
  crashes       INTEGER NOT NULL DEFAULT 0,
  interruptions INTEGER NOT NULL DEFAULT 0,
  -- The fencing token: grows with every claim and never goes back.
  token         INTEGER NOT NULL DEFAULT 0,
  worker        TEXT,
  lease_until   INTEGER,
  error_code    TEXT,
  suggestion_id TEXT,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  finished_at   INTEGER,
  CHECK ((state = 'running') = (lease_until IS NOT NULL)),
  CHECK ((state = 'done') = (suggestion_id IS NOT NULL)),
  CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
) STRICT;

CREATE INDEX jobs_ready ON jobs (site_id, priority, available_at, seq) WHERE state = 'waiting' AND held = 0;
CREATE INDEX jobs_waiting ON jobs (held) WHERE state = 'waiting';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_of_subject ON jobs (site_id, subject_type, subject_id, seq);
CREATE INDEX jobs_of_image ON jobs (site_id, image_sha256) WHERE state IN ('waiting', 'running');
CREATE INDEX jobs_of_site ON jobs (site_id, state, seq);
CREATE INDEX jobs_of_run ON jobs (run_id, state) WHERE run_id IS NOT NULL;

CREATE TABLE suggestions (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  site_id      TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  -- One job, one suggestion: the second finisher of a job fails here even if every other check were wrong.
  job_id       TEXT NOT NULL UNIQUE,
  job_seq      INTEGER NOT NULL,
  run_id       TEXT REFERENCES runs (id) ON DELETE SET NULL,
  version      INTEGER NOT NULL CHECK (version > 0),
  state        TEXT NOT NULL CHECK (
    state IN ('pending', 'approved', 'rejected', 'decorative', 'applied', 'conflict', 'superseded')
  ),
  subject_type TEXT NOT NULL,
  subject_id   TEXT NOT NULL,
  image_sha256 TEXT NOT NULL,
  fields       TEXT NOT NULL CHECK (json_valid(fields)),
  alternatives TEXT NOT NULL CHECK (json_valid(alternatives)),
  confidence   REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  flags        TEXT NOT NULL CHECK (json_valid(flags)),
  model        TEXT NOT NULL CHECK (json_valid(model)),
  current      TEXT NOT NULL CHECK (json_valid(current)),
  "values"     TEXT CHECK (json_valid("values")),
  reason       TEXT,
  decided_by   TEXT CHECK (json_valid(decided_by)),
  decided_at   INTEGER,
  -- What the CMS found and left behind at the write-back; undo needs it.
  write_back   TEXT CHECK (json_valid(write_back)),
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX suggestions_of_site ON suggestions (site_id, state, seq);
CREATE INDEX suggestions_by_confidence ON suggestions (site_id, state, confidence, seq);
CREATE INDEX suggestions_of_subject ON suggestions (site_id, subject_type, subject_id, seq);
CREATE INDEX suggestions_by_text ON suggestions (site_id, (fields ->> '$.alt_text'), image_sha256);
CREATE INDEX suggestions_of_run ON suggestions (run_id, state) WHERE run_id IS NOT NULL;

CREATE TABLE suggestion_flags (
  code           TEXT NOT NULL,
  suggestion_seq INTEGER NOT NULL REFERENCES suggestions (seq) ON DELETE CASCADE,
  PRIMARY KEY (suggestion_seq, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
  cursor        INTEGER PRIMARY KEY AUTOINCREMENT,
  site_id       TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  type          TEXT NOT NULL,
  job_id        TEXT,
  suggestion_id TEXT,
  at            INTEGER NOT NULL
) STRICT;

CREATE INDEX changes_of_site ON changes (site_id, cursor);

-- One row for the first start and one for every restore. A cursor that was handed out before a restore is read as
-- far as the restored file really goes, so that no reader skips what happened since.
CREATE TABLE change_epochs (
  number      INTEGER PRIMARY KEY AUTOINCREMENT,
  epoch       TEXT NOT NULL UNIQUE,
  last_cursor INTEGER
) STRICT;
