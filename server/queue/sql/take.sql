-- A start: the attempt is counted before the work, and the token grows, so that whoever held the job before can no
-- longer write. By a random step, so that no start that a power cut made us forget has the number of a later one. Only a
-- waiting job can be taken.
UPDATE jobs
SET state = 'running',
    attempts = attempts + 1,
    token = token + 1 + (abs(random()) % 1000000000),
    worker = :worker,
    lease_until = :lease_until,
    updated_at = :at
WHERE seq = :seq AND state = 'waiting'
RETURNING seq, id, site_id, instance, image_sha256, subject_type, subject_id, language, request, attempts, token
