-- Where a site wants to hear that its change feed has grown. The secret is kept as it is: signing needs it.
CREATE TABLE webhooks (
  site_id         TEXT PRIMARY KEY REFERENCES sites (id) ON DELETE CASCADE,
  url             TEXT NOT NULL,
  secret          TEXT NOT NULL,
  -- Signs along until previous_until, so that a receiver can change its secret without missing a message.
  previous_secret TEXT,
  previous_until  INTEGER,
  -- Failed deliveries in a row, and when the next one may be tried: the site's own circuit breaker.
  failures        INTEGER NOT NULL DEFAULT 0,
  retry_at        INTEGER NOT NULL DEFAULT 0,
  -- Set when the receiver said 410; registering again clears it.
  gone_at         INTEGER,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
) STRICT, WITHOUT ROWID;

-- At most one message a site is waiting: it only says that there is news. `generation` tells whether more news came
-- while it was being delivered.
CREATE TABLE webhook_outbox (
  site_id    TEXT PRIMARY KEY REFERENCES webhooks (site_id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  generation INTEGER NOT NULL DEFAULT 1,
  news_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- In the transaction of the change itself, whoever writes it.
CREATE TRIGGER changes_are_news AFTER INSERT ON changes
WHEN EXISTS (SELECT 1 FROM webhooks WHERE site_id = NEW.site_id AND gone_at IS NULL)
BEGIN
  INSERT INTO webhook_outbox (site_id, message_id, news_at)
  VALUES (NEW.site_id, 'msg_' || lower(hex(randomblob(16))), NEW.at)
  ON CONFLICT (site_id) DO UPDATE SET generation = generation + 1;
END;
