-- Lists, searches and counts that read no more than they show. Rows are converted in steps; the triggers come at the end.

-- One installation of one site, by a small number. Never used again for another, so that the rows of the index stay its own.
CREATE TABLE list_scopes (
  number   INTEGER PRIMARY KEY AUTOINCREMENT CHECK (number < 1048576),
  site_id  TEXT NOT NULL,
  instance INTEGER NOT NULL,
  UNIQUE (site_id, instance)
) STRICT;

-- What can be searched, as server/review/search-words.ts makes it of the suggested texts, the file name and the subject's
-- id; and what a person's own texts add.
ALTER TABLE suggestions ADD COLUMN words TEXT NOT NULL DEFAULT '';
ALTER TABLE suggestions ADD COLUMN edited_words TEXT NOT NULL DEFAULT '';

-- The terms of each suggestion by its seq: its words, and a term each for all, state, run, flags and confidence. Each term
-- begins with the five hexadecimal digits of its scope. It holds no text but words, and what is removed is overwritten.
CREATE VIRTUAL TABLE suggestion_index USING fts5 (
  terms,
  content = '',
  columnsize = 0,
  detail = none,
  prefix = '6 7 8',
  tokenize = "ascii tokenchars '~_-'"
);
INSERT INTO suggestion_index (suggestion_index, rank) VALUES ('secure-delete', 1);

-- The list of the terms; takes no room of its own.
CREATE VIRTUAL TABLE suggestion_index_terms USING fts5vocab ('suggestion_index', 'instance');

CREATE VIEW suggestion_terms (seq, terms) AS
SELECT
  suggestions.seq,
  code || '~a ' || code || '~s' || state
    || coalesce(' ' || code || '~r' || run_id, '')
    || ' ' || code || '~c' || substr(confidence_digits, 1, 2)
    || ' ' || code || '~c' || substr(confidence_digits, 1, 3)
    || ' ' || code || '~c' || confidence_digits
    || coalesce((
      SELECT group_concat(' ' || code || '~f' || flag, '')
      FROM (SELECT DISTINCT value ->> '$.code' AS flag FROM json_each(flags))
    ), '')
    || CASE words WHEN '' THEN '' ELSE ' ' || code || replace(words, ' ', ' ' || code) END
    || CASE edited_words WHEN '' THEN '' ELSE ' ' || code || replace(edited_words, ' ', ' ' || code) END
FROM (
  SELECT suggestions.*, printf('%05x', number) AS code, printf('%04d', round(confidence * 1000)) AS confidence_digits
  FROM suggestions
  JOIN list_scopes ON list_scopes.site_id = suggestions.site_id AND list_scopes.instance = suggestions.instance
) AS suggestions;

-- How many there are, kept by triggers. run_id and flag are empty in the rows that count all; never both are set.
CREATE TABLE suggestion_counts (
  run_id TEXT NOT NULL,
  flag   TEXT NOT NULL,
  state  TEXT NOT NULL,
  scope  INTEGER NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (run_id, flag, state, scope)
) STRICT, WITHOUT ROWID;

-- The rows of suggestion_counts that a suggestion counts in.
CREATE VIEW suggestion_tallies (seq, run_id, flag, state, scope) AS
SELECT seq, '', '', state, number
FROM suggestions
JOIN list_scopes ON list_scopes.site_id = suggestions.site_id AND list_scopes.instance = suggestions.instance
UNION ALL
SELECT seq, run_id, '', state, number
FROM suggestions
JOIN list_scopes ON list_scopes.site_id = suggestions.site_id AND list_scopes.instance = suggestions.instance
WHERE run_id IS NOT NULL
UNION ALL
SELECT seq, '', flag.value ->> '$.code', state, number
FROM suggestions
JOIN list_scopes ON list_scopes.site_id = suggestions.site_id AND list_scopes.instance = suggestions.instance
JOIN json_each(suggestions.flags) AS flag
WHERE flag.key = (
  SELECT min(first.key) FROM json_each(suggestions.flags) AS first WHERE first.value ->> '$.code' = flag.value ->> '$.code'
);

CREATE TABLE job_counts (
  run_id TEXT NOT NULL,
  state  TEXT NOT NULL,
  scope  INTEGER NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (run_id, state, scope)
) STRICT, WITHOUT ROWID;

CREATE VIEW job_tallies (seq, run_id, state, scope) AS
SELECT seq, '', state, number
FROM jobs
JOIN list_scopes ON list_scopes.site_id = jobs.site_id AND list_scopes.instance = jobs.instance
UNION ALL
SELECT seq, run_id, state, number
FROM jobs
JOIN list_scopes ON list_scopes.site_id = jobs.site_id AND list_scopes.instance = jobs.instance
WHERE run_id IS NOT NULL;

-- What models said, compressed by server/captioning/result-code.ts. With a rowid: rows of this size spilled to a page of
-- their own each.
ALTER TABLE results RENAME TO old_results;
CREATE TABLE results (
  seq          INTEGER PRIMARY KEY,
  site_id      TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  image_sha256 BLOB NOT NULL CHECK (length(image_sha256) = 32),
  model        TEXT NOT NULL,
  settings     TEXT NOT NULL,
  result       BLOB NOT NULL,
  created_at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX results_of_image ON results (site_id, image_sha256, model, settings);

DROP INDEX suggestions_by_confidence;
DROP INDEX suggestions_by_text;
DROP INDEX suggestions_in_order;
DROP INDEX suggestions_in_order_of_confidence;
DROP INDEX suggestions_of_run;
DROP INDEX suggestions_of_site;
DROP TABLE suggestion_flags;

CREATE INDEX suggestions_of_run ON suggestions (run_id) WHERE run_id IS NOT NULL;

INSERT INTO list_scopes (site_id, instance)
SELECT site_id, instance FROM suggestions UNION SELECT site_id, instance FROM jobs;
