-- Keys of the scope `metrics`: a CHECK cannot be changed, so the table is made anew. Nothing refers to it.
CREATE TABLE keys_with_metrics (
  id           TEXT PRIMARY KEY,
  site_id      TEXT REFERENCES sites (id) ON DELETE CASCADE,
  scope        TEXT NOT NULL CHECK (scope IN ('site', 'worker', 'admin', 'metrics')),
  name         TEXT NOT NULL,
  secret_hash  BLOB NOT NULL CHECK (length(secret_hash) = 32),
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER,
  CHECK ((scope = 'site') = (site_id IS NOT NULL))
) STRICT;
INSERT INTO keys_with_metrics SELECT id, site_id, scope, name, secret_hash, created_at, expires_at, revoked_at FROM keys;
DROP TABLE keys;
ALTER TABLE keys_with_metrics RENAME TO keys;

-- What administrators did, by an admin key or on the command line (then key_id is null). Never a secret.
CREATE TABLE audit (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,
  key_id   TEXT,
  action   TEXT NOT NULL,
  target   TEXT,
  details  TEXT NOT NULL CHECK (json_valid(details))
) STRICT;
