-- The list of all suggestions, whatever their state: without these every page sorts all rows of the site.
CREATE INDEX suggestions_in_order ON suggestions (site_id, seq);
CREATE INDEX suggestions_in_order_of_confidence ON suggestions (site_id, confidence, seq);
