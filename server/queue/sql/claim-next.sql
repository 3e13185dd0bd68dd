-- The job to hand out next, over all sites: first by :order, which priorities come first at this turn; among sites with
-- such a job, the one whose turn is next by weight; within the site, the job that has been ready longest. Those of :except
-- are left out: workers elsewhere have been told of them. Reads one index entry a site and priority, and those left out.
SELECT ready.seq AS seq, ready.site_id AS site_id, ready.turn AS turn
FROM (
  SELECT
    sites.id AS site_id,
    max(sites.served_turn, :turn) AS turn,
    sites.served_turn AS served_turn,
    priorities.value AS priority,
    priorities.key AS place,
    (
      SELECT jobs.seq
      FROM jobs
      WHERE jobs.site_id = sites.id
        AND jobs.priority = priorities.value
        AND jobs.available_at <= :now
        AND jobs.state = 'waiting'
        AND jobs.held = 0
        AND jobs.needs IN (SELECT value FROM json_each(:tasks))
        AND jobs.seq NOT IN (SELECT value FROM json_each(:except))
      ORDER BY jobs.available_at, jobs.seq
      LIMIT 1
    ) AS seq
  FROM sites CROSS JOIN json_each(:order) AS priorities
) AS ready
WHERE ready.seq IS NOT NULL
ORDER BY ready.place, ready.turn, ready.served_turn, ready.site_id
LIMIT 1
