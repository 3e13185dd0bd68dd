DROP TABLE old_results;

DROP INDEX jobs_of_site;
CREATE INDEX jobs_of_instance ON jobs (site_id, instance, state);

INSERT INTO suggestion_counts (run_id, flag, state, scope, n)
SELECT run_id, flag, state, scope, count(*) FROM suggestion_tallies GROUP BY run_id, flag, state, scope;

INSERT INTO job_counts (run_id, state, scope, n)
SELECT run_id, state, scope, count(*) FROM job_tallies GROUP BY run_id, state, scope;

CREATE TRIGGER suggestions_listed AFTER INSERT ON suggestions
BEGIN
  INSERT INTO list_scopes (site_id, instance)
  SELECT NEW.site_id, NEW.instance
  WHERE NOT EXISTS (SELECT 1 FROM list_scopes WHERE site_id = NEW.site_id AND instance = NEW.instance);
  INSERT INTO suggestion_index (rowid, terms) SELECT seq, terms FROM suggestion_terms WHERE seq = NEW.seq;
  INSERT INTO suggestion_counts (run_id, flag, state, scope, n)
  SELECT run_id, flag, state, scope, 1 FROM suggestion_tallies WHERE seq = NEW.seq
  ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER suggestions_unlisted BEFORE DELETE ON suggestions
BEGIN
  INSERT INTO suggestion_index (suggestion_index, rowid, terms)
  SELECT 'delete', seq, terms FROM suggestion_terms WHERE seq = OLD.seq;
  UPDATE suggestion_counts SET n = n - 1
  WHERE (run_id, flag, state, scope) IN (
    SELECT run_id, flag, state, scope FROM suggestion_tallies WHERE seq = OLD.seq
  );
END;

-- Only the term of the state is exchanged: a decision costs two terms, however long the texts are.
CREATE TRIGGER suggestions_moved AFTER UPDATE OF state ON suggestions
WHEN NEW.state <> OLD.state AND NEW.run_id IS OLD.run_id AND NEW.instance = OLD.instance
BEGIN
  INSERT INTO suggestion_index (suggestion_index, rowid, terms)
  SELECT 'delete', NEW.seq, printf('%05x~s%s', number, OLD.state) FROM list_scopes
  WHERE site_id = NEW.site_id AND instance = NEW.instance;
  INSERT INTO suggestion_index (rowid, terms)
  SELECT NEW.seq, printf('%05x~s%s', number, NEW.state) FROM list_scopes
  WHERE site_id = NEW.site_id AND instance = NEW.instance;
  UPDATE suggestion_counts SET n = n - 1
  WHERE state = OLD.state AND (run_id, flag, scope) IN (
    SELECT run_id, flag, scope FROM suggestion_tallies WHERE seq = NEW.seq
  );
  INSERT INTO suggestion_counts (run_id, flag, state, scope, n)
  SELECT run_id, flag, state, scope, 1 FROM suggestion_tallies WHERE seq = NEW.seq
  ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER suggestions_edited AFTER UPDATE OF edited_words ON suggestions
WHEN NEW.edited_words <> OLD.edited_words AND NEW.run_id IS OLD.run_id AND NEW.instance = OLD.instance
BEGIN
  INSERT INTO suggestion_index (suggestion_index, rowid, terms)
  SELECT 'delete', NEW.seq, printf('%05x', number) || replace(OLD.edited_words, ' ', printf(' %05x', number))
  FROM list_scopes
  WHERE site_id = NEW.site_id AND instance = NEW.instance AND OLD.edited_words <> '';
  INSERT INTO suggestion_index (rowid, terms)
  SELECT NEW.seq, printf('%05x', number) || replace(NEW.edited_words, ' ', printf(' %05x', number)) FROM list_scopes
  WHERE site_id = NEW.site_id AND instance = NEW.instance AND NEW.edited_words <> '';
END;

CREATE TRIGGER suggestions_leave_scope BEFORE UPDATE OF run_id, instance ON suggestions
WHEN NEW.run_id IS NOT OLD.run_id OR NEW.instance <> OLD.instance
BEGIN
  INSERT INTO suggestion_index (suggestion_index, rowid, terms)
  SELECT 'delete', seq, terms FROM suggestion_terms WHERE seq = OLD.seq;
  UPDATE suggestion_counts SET n = n - 1
  WHERE (run_id, flag, state, scope) IN (
    SELECT run_id, flag, state, scope FROM suggestion_tallies WHERE seq = OLD.seq
  );
END;

CREATE TRIGGER suggestions_enter_scope AFTER UPDATE OF run_id, instance ON suggestions
WHEN NEW.run_id IS NOT OLD.run_id OR NEW.instance <> OLD.instance
BEGIN
  INSERT INTO list_scopes (site_id, instance)
  SELECT NEW.site_id, NEW.instance
  WHERE NOT EXISTS (SELECT 1 FROM list_scopes WHERE site_id = NEW.site_id AND instance = NEW.instance);
  INSERT INTO suggestion_index (rowid, terms) SELECT seq, terms FROM suggestion_terms WHERE seq = NEW.seq;
  INSERT INTO suggestion_counts (run_id, flag, state, scope, n)
  SELECT run_id, flag, state, scope, 1 FROM suggestion_tallies WHERE seq = NEW.seq
  ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER jobs_counted AFTER INSERT ON jobs
BEGIN
  INSERT INTO list_scopes (site_id, instance)
  SELECT NEW.site_id, NEW.instance
  WHERE NOT EXISTS (SELECT 1 FROM list_scopes WHERE site_id = NEW.site_id AND instance = NEW.instance);
  INSERT INTO job_counts (run_id, state, scope, n)
  SELECT run_id, state, scope, 1 FROM job_tallies WHERE seq = NEW.seq
  ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER jobs_uncounted BEFORE DELETE ON jobs
BEGIN
  UPDATE job_counts SET n = n - 1
  WHERE (run_id, state, scope) IN (SELECT run_id, state, scope FROM job_tallies WHERE seq = OLD.seq);
END;

CREATE TRIGGER jobs_leave_count BEFORE UPDATE OF state, run_id, instance ON jobs
WHEN NEW.state <> OLD.state OR NEW.run_id IS NOT OLD.run_id OR NEW.instance <> OLD.instance
BEGIN
  UPDATE job_counts SET n = n - 1
  WHERE (run_id, state, scope) IN (SELECT run_id, state, scope FROM job_tallies WHERE seq = OLD.seq);
END;

CREATE TRIGGER jobs_enter_count AFTER UPDATE OF state, run_id, instance ON jobs
WHEN NEW.state <> OLD.state OR NEW.run_id IS NOT OLD.run_id OR NEW.instance <> OLD.instance
BEGIN
  INSERT INTO list_scopes (site_id, instance)
  SELECT NEW.site_id, NEW.instance
  WHERE NOT EXISTS (SELECT 1 FROM list_scopes WHERE site_id = NEW.site_id AND instance = NEW.instance);
  INSERT INTO job_counts (run_id, state, scope, n)
  SELECT run_id, state, scope, 1 FROM job_tallies WHERE seq = NEW.seq
  ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER sites_unlisted AFTER DELETE ON sites
BEGIN
  DELETE FROM suggestion_counts WHERE scope IN (SELECT number FROM list_scopes WHERE site_id = OLD.id);
  DELETE FROM job_counts WHERE scope IN (SELECT number FROM list_scopes WHERE site_id = OLD.id);
  DELETE FROM list_scopes WHERE site_id = OLD.id;
END;
