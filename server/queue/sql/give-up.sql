-- The job has failed for good. Only the holder, or the sweep that found the lease over, can do this.
UPDATE jobs
SET state = 'failed',
    lease_until = NULL,
    worker = NULL,
    error_code = :error_code,
    failures = :failures,
    crashes = :crashes,
    interruptions = :interruptions,
    doubts = :doubts,
    updated_at = :at,
    finished_at = :at
WHERE id = :id AND token = :token AND state = 'running'
