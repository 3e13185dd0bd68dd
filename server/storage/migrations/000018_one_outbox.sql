-- Every message to an address outside waits in one outbox: that there is news for an instance, or that the reply to a
-- prediction has ended. Each waits for its own time, whatever it says.
DROP TRIGGER changes_are_news;
DROP TRIGGER ended_replies_are_told;
ALTER TABLE webhook_outbox RENAME TO news_outbox;

CREATE TABLE webhook_outbox (
  seq        INTEGER PRIMARY KEY,
  message_id TEXT NOT NULL UNIQUE,
  site_id    TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  -- The instance that there is news for: at most one message waits for each.
  instance   INTEGER,
  -- The reply that has ended; the message goes with it.
  reply_id   TEXT UNIQUE REFERENCES replies (id) ON DELETE CASCADE,
  -- Tells whether more news came while the message was being delivered.
  generation INTEGER NOT NULL DEFAULT 1,
  news_at    INTEGER NOT NULL,
  -- When it may be sent, and how often it could not be delivered.
  due_at     INTEGER NOT NULL,
  failures   INTEGER NOT NULL DEFAULT 0,
  UNIQUE (site_id, instance),
  FOREIGN KEY (site_id, instance) REFERENCES webhooks (site_id, instance) ON DELETE CASCADE,
  CHECK ((instance IS NULL) <> (reply_id IS NULL))
) STRICT;

CREATE INDEX webhook_outbox_by_time ON webhook_outbox (due_at);

INSERT INTO webhook_outbox (message_id, site_id, instance, generation, news_at, due_at, failures)
SELECT message_id, site_id, instance, generation, news_at, retry_at, failures
FROM news_outbox JOIN webhooks USING (site_id, instance);

INSERT INTO webhook_outbox (message_id, site_id, reply_id, news_at, due_at, failures)
SELECT 'msg_' || lower(hex(randomblob(16))), site_id, id, completed_at, webhook_due_at, webhook_tries
FROM replies WHERE webhook_due_at IS NOT NULL ORDER BY seq;

DROP TABLE news_outbox;
DROP INDEX replies_to_tell;
ALTER TABLE replies DROP COLUMN webhook_due_at;
ALTER TABLE replies DROP COLUMN webhook_tries;
-- `retry_at` stays: no message to the address before it, whichever comes next.
ALTER TABLE webhooks DROP COLUMN failures;

-- In the transaction of the change itself, whoever writes it.
CREATE TRIGGER changes_are_news AFTER INSERT ON changes
WHEN EXISTS (
  SELECT 1 FROM webhooks WHERE site_id = NEW.site_id AND instance = NEW.instance AND gone_at IS NULL
)
BEGIN
  INSERT INTO webhook_outbox (message_id, site_id, instance, news_at, due_at)
  SELECT 'msg_' || lower(hex(randomblob(16))), site_id, instance, NEW.at, retry_at
  FROM webhooks WHERE site_id = NEW.site_id AND instance = NEW.instance
  ON CONFLICT (site_id, instance) DO UPDATE SET generation = generation + 1;
END;

-- In the statement that ends it, whichever that is.
CREATE TRIGGER ended_replies_are_told AFTER UPDATE OF completed_at ON replies
WHEN OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL AND NEW.webhook_url IS NOT NULL
BEGIN
  INSERT INTO webhook_outbox (message_id, site_id, reply_id, news_at, due_at)
  VALUES ('msg_' || lower(hex(randomblob(16))), NEW.site_id, NEW.id, NEW.completed_at, NEW.completed_at);
END;
