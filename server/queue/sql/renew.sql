-- Only the holder can stretch its lease.
UPDATE jobs
SET lease_until = :lease_until
WHERE id = :id AND token = :token AND state = 'running'
