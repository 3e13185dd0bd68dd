-- The job waits again. Only the holder, or the sweep that found the lease over, can do this.
UPDATE jobs
SET state = 'waiting',
    lease_until = NULL,
    worker = NULL,
    error_code = :error_code,
    failures = :failures,
    crashes = :crashes,
    interruptions = :interruptions,
    doubts = :doubts,
    available_at = :available_at,
    updated_at = :at
WHERE id = :id AND token = :token AND state = 'running'
