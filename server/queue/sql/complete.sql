-- The first result ends the job, whichever of its starts it comes from. Tokens of starts before the newest are not kept, so
-- any number up to the newest token is taken: it is a worker's key that lets results in, and the token says only that the
-- result is of no start to come. No row changed means that the job has ended, or has had no such start: stop, write nothing.
UPDATE jobs
SET state = 'done',
    suggestion_id = :suggestion_id,
    model_id = :model_id,
    lease_until = NULL,
    worker = NULL,
    error_code = NULL,
    updated_at = :at,
    finished_at = :at
WHERE id = :id AND token >= :token AND state IN ('running', 'waiting')
