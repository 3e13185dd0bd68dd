-- What people's decisions say about the confidence of a model on a site: made anew from time to time, and kept when the decisions are pruned.
CREATE TABLE calibrations (
  site_id     TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  model       TEXT NOT NULL,
  -- Stands for the model's weights; empty where it is not known.
  fingerprint TEXT NOT NULL,
  -- [the model's own confidence, share of good texts], rising.
  points      TEXT NOT NULL CHECK (json_valid(points)),
  rules       TEXT NOT NULL CHECK (json_valid(rules)),
  -- Decisions that it was made of, and the latest of them.
  decisions   INTEGER NOT NULL,
  decided_at  INTEGER NOT NULL,
  fitted_at   INTEGER NOT NULL,
  PRIMARY KEY (site_id, model, fingerprint)
) STRICT, WITHOUT ROWID;

-- The model's own confidence, where `confidence` is that of a calibration; null where they are the same.
ALTER TABLE suggestions ADD COLUMN own_confidence REAL;

-- Decisions that say something about the model: made one by one, with the picture on the screen.
CREATE INDEX suggestions_judged ON suggestions (site_id, decided_at)
WHERE displayed = 1 AND decision_mode IS NULL AND decided_at IS NOT NULL;

-- A new confidence while the suggestion waits: other terms in the index of lists.
CREATE TRIGGER suggestions_recalibrated AFTER UPDATE OF confidence ON suggestions
WHEN round(NEW.confidence * 1000) <> round(OLD.confidence * 1000)
BEGIN
  INSERT INTO suggestion_index (suggestion_index, rowid, terms)
  SELECT 'delete', NEW.seq, printf('%05x~c%s %05x~c%s %05x~c%s', number, substr(digits, 1, 2), number, substr(digits, 1, 3), number, digits)
  FROM list_scopes, (SELECT printf('%04d', round(OLD.confidence * 1000)) AS digits)
  WHERE site_id = NEW.site_id AND instance = NEW.instance;
  INSERT INTO suggestion_index (rowid, terms)
  SELECT NEW.seq, printf('%05x~c%s %05x~c%s %05x~c%s', number, substr(digits, 1, 2), number, substr(digits, 1, 3), number, digits)
  FROM list_scopes, (SELECT printf('%04d', round(NEW.confidence * 1000)) AS digits)
  WHERE site_id = NEW.site_id AND instance = NEW.instance;
END;
