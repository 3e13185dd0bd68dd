-- Hash of the original file of a picture, where it is not the picture that was sent; and the language of the texts.
ALTER TABLE jobs ADD COLUMN source_sha256 TEXT;
ALTER TABLE jobs ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE suggestions ADD COLUMN source_sha256 TEXT;
ALTER TABLE suggestions ADD COLUMN language TEXT NOT NULL DEFAULT 'en';

-- How the decision came about: one by one (null), many at once, or by a rule; whether the person had the picture before
-- their eyes, and for how long, where the CMS says so.
ALTER TABLE suggestions ADD COLUMN decision_mode TEXT;
ALTER TABLE suggestions ADD COLUMN displayed INTEGER;
ALTER TABLE suggestions ADD COLUMN open_ms INTEGER;
