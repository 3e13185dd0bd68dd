-- How an action of an administrator ended: 'begun' while nobody knows, 'done', or the code of its error.
ALTER TABLE audit ADD COLUMN outcome TEXT NOT NULL DEFAULT 'done';
