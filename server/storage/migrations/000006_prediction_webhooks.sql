-- Where the end of a run is told, for the one prediction API whose clients may ask for that. Goes with the run.
ALTER TABLE predictions ADD COLUMN webhook_url TEXT;
ALTER TABLE predictions ADD COLUMN webhook_secret TEXT;
ALTER TABLE predictions ADD COLUMN webhook_tries INTEGER NOT NULL DEFAULT 0;
-- Null once it was delivered, or given up.
ALTER TABLE predictions ADD COLUMN webhook_due_at INTEGER;

CREATE INDEX predictions_to_tell ON predictions (webhook_due_at) WHERE webhook_due_at IS NOT NULL;

-- In the statement that ends the run, whichever that is.
CREATE TRIGGER ended_predictions_are_told AFTER UPDATE OF completed_at ON predictions
WHEN OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL AND NEW.webhook_url IS NOT NULL
BEGIN
  UPDATE predictions SET webhook_due_at = NEW.completed_at WHERE seq = NEW.seq;
END;
