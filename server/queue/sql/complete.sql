-- The first result ends the job, whichever of its starts it comes from. No row changed means that it has ended, or that no
-- start of this token is known: stop, write nothing.
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
