-- The installations that speak with a site's key. Rows of jobs, suggestions, runs, changes and webhooks name theirs by
-- `number`. Number 0 holds what was there before instances existed; it has no id until the first instance that speaks
-- takes it over, so that no row has to be rewritten.
CREATE TABLE instances (
  site_id    TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  number     INTEGER NOT NULL CHECK (number >= 0),
  -- What the client calls itself; empty for all clients that send no instance; null: nobody yet.
  id         TEXT,
  -- Host and path of the site it speaks for; null while it has not said so.
  address    TEXT,
  -- Number of the instance that this one was split off, because it had been copied.
  copy_of    INTEGER,
  created_at INTEGER NOT NULL,
  seen_at    INTEGER,
  PRIMARY KEY (site_id, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX instances_by_id ON instances (site_id, id) WHERE id IS NOT NULL;

INSERT INTO instances (site_id, number, created_at) SELECT id, 0, created_at FROM sites;

ALTER TABLE jobs ADD COLUMN instance INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suggestions ADD COLUMN instance INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN instance INTEGER NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN instance INTEGER NOT NULL DEFAULT 0;

DROP INDEX changes_of_site;
CREATE INDEX changes_of_instance ON changes (site_id, instance, cursor);

-- A webhook belongs to the instance that registered it.
DROP TRIGGER changes_are_news;
ALTER TABLE webhook_outbox RENAME TO webhook_outbox_of_sites;
ALTER TABLE webhooks RENAME TO webhooks_of_sites;

CREATE TABLE webhooks (
  site_id         TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  instance        INTEGER NOT NULL,
  url             TEXT NOT NULL,
  secret          TEXT NOT NULL,
  -- Signs along until previous_until, so that a receiver can change its secret without missing a message.
  previous_secret TEXT,
  previous_until  INTEGER,
  -- Failed deliveries in a row, and when the next one may be tried: the instance's own circuit breaker.
  failures        INTEGER NOT NULL DEFAULT 0,
  retry_at        INTEGER NOT NULL DEFAULT 0,
  -- Set when the receiver said 410; registering again clears it.
  gone_at         INTEGER,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  PRIMARY KEY (site_id, instance),
  CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_outbox (
  site_id    TEXT NOT NULL,
  instance   INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  generation INTEGER NOT NULL DEFAULT 1,
  news_at    INTEGER NOT NULL,
  PRIMARY KEY (site_id, instance),
  FOREIGN KEY (site_id, instance) REFERENCES webhooks (site_id, instance) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO webhooks (site_id, instance, url, secret, previous_secret, previous_until, failures, retry_at, gone_at,
  created_at, updated_at)
SELECT site_id, 0, url, secret, previous_secret, previous_until, failures, retry_at, gone_at, created_at, updated_at
FROM webhooks_of_sites;

INSERT INTO webhook_outbox (site_id, instance, message_id, generation, news_at)
SELECT site_id, 0, message_id, generation, news_at FROM webhook_outbox_of_sites;

DROP TABLE webhook_outbox_of_sites;
DROP TABLE webhooks_of_sites;

CREATE TRIGGER changes_are_news AFTER INSERT ON changes
WHEN EXISTS (
  SELECT 1 FROM webhooks WHERE site_id = NEW.site_id AND instance = NEW.instance AND gone_at IS NULL
)
BEGIN
  INSERT INTO webhook_outbox (site_id, instance, message_id, news_at)
  VALUES (NEW.site_id, NEW.instance, 'msg_' || lower(hex(randomblob(16))), NEW.at)
  ON CONFLICT (site_id, instance) DO UPDATE SET generation = generation + 1;
END;
