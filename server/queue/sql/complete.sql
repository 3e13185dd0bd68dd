-- Only the holder can finish. No row changed means that the job went to somebody else: stop, write nothing.
UPDATE jobs
SET state = 'done',
    suggestion_id = :suggestion_id,
    model_id = :model_id,
    lease_until = NULL,
    worker = NULL,
    error_code = NULL,
    updated_at = :at,
    finished_at = :at
WHERE id = :id AND token = :token AND state = 'running'
