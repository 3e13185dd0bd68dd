-- The latest job for a picture of a subject, and the latest that a person decided against, are found among any number of
-- others of the subject: clients may use one subject for all of their pictures.
CREATE INDEX jobs_of_picture ON jobs (
  site_id, subject_type, subject_id, language, coalesce(source_sha256, image_sha256), source_sha256 IS NULL, seq
) WHERE state <> 'cancelled' AND instance >= 0;

CREATE INDEX suggestions_decided_against ON suggestions (
  site_id, subject_type, subject_id, language, coalesce(source_sha256, image_sha256), source_sha256 IS NULL, seq
) WHERE state IN ('rejected', 'decorative') OR (state = 'applied' AND "values" ->> '$.alt_text' = '');

-- Those of a subject that a new suggestion supersedes, or is superseded by.
CREATE INDEX suggestions_in_turn ON suggestions (site_id, subject_type, subject_id, instance, language, state, job_seq);
DROP INDEX suggestions_of_subject;

-- Jobs that were retried after their run had been cancelled or undone waited for ever.
UPDATE jobs SET run_id = NULL, held = 0
WHERE state = 'waiting' AND run_id IN (SELECT id FROM runs WHERE state IN ('cancelled', 'undone') AND settling = 0);
