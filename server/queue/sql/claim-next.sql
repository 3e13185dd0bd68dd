-- The job to hand out next, over all sites: best priority first; among sites with such a job, the one that was served
-- least lately; within the site, the job that has been ready longest. Reads one index entry a site and priority.
SELECT ready.seq AS seq, ready.site_id AS site_id
FROM (
  SELECT
    sites.id AS site_id,
    sites.served_turn AS served_turn,
    priorities.value AS priority,
    (
      SELECT jobs.seq
      FROM jobs
      WHERE jobs.site_id = sites.id
        AND jobs.priority = priorities.value
        AND jobs.available_at <= :now
        AND jobs.state = 'waiting'
        AND jobs.held = 0
      ORDER BY jobs.available_at, jobs.seq
      LIMIT 1
    ) AS seq
  FROM sites CROSS JOIN (SELECT 0 AS value UNION ALL SELECT 1 UNION ALL SELECT 2) AS priorities
) AS ready
WHERE ready.seq IS NOT NULL
ORDER BY ready.priority, ready.served_turn, ready.site_id
LIMIT 1
