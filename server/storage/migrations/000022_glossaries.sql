-- The words that the owner of a site wants in its texts: a JSON list, as `PUT /v1/site` takes it.
CREATE TABLE glossaries (
  site_id    TEXT PRIMARY KEY REFERENCES sites (id) ON DELETE CASCADE,
  entries    TEXT NOT NULL CHECK (json_valid(entries)),
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
