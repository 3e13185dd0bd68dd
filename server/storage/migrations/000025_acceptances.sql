-- What people did with the texts of each model on a site: sums, which say nothing of any picture, text or person.
CREATE TABLE acceptances (
  site_id     TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  task        TEXT NOT NULL CHECK (task IN ('caption', 'translation', 'video')),
  model       TEXT NOT NULL,
  -- Stands for the model's weights; empty where it is not known.
  fingerprint TEXT NOT NULL,
  untouched   INTEGER NOT NULL DEFAULT 0,
  edited      INTEGER NOT NULL DEFAULT 0,
  rejected    INTEGER NOT NULL DEFAULT 0,
  decorative  INTEGER NOT NULL DEFAULT 0,
  -- Of the edited ones: the parts of their characters that were changed, added up.
  edits       REAL NOT NULL DEFAULT 0,
  -- Of the rejected ones: how many for each reason, as JSON.
  reasons     TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(reasons)),
  -- How long cards were open, in ms, and of how many decisions that is known.
  open_ms     INTEGER NOT NULL DEFAULT 0,
  timed       INTEGER NOT NULL DEFAULT 0,
  -- The latest decisions, oldest first: + approved as it was, - edited or rejected.
  recent      TEXT NOT NULL DEFAULT '',
  first_at    INTEGER NOT NULL,
  last_at     INTEGER NOT NULL,
  PRIMARY KEY (site_id, task, model, fingerprint)
) STRICT, WITHOUT ROWID;

-- What of a decision stands in `acceptances`, as JSON, so that it can be taken out again when the suggestion is opened anew.
ALTER TABLE suggestions ADD COLUMN counted TEXT CHECK (json_valid(counted));
