-- The English alt text that the texts of a suggestion were translated from, or will be; null where they are English.
ALTER TABLE suggestions ADD COLUMN source TEXT;
-- The model that translated them; null where none did.
ALTER TABLE suggestions ADD COLUMN translator TEXT CHECK (json_valid(translator));
-- The English that a person approved beside them, where it is another one.
ALTER TABLE suggestions ADD COLUMN approved_source TEXT;
-- 1: they are English until a translator is here.
ALTER TABLE suggestions ADD COLUMN awaits_translation INTEGER NOT NULL DEFAULT 0 CHECK (awaits_translation IN (0, 1));
CREATE INDEX suggestions_awaiting_translation ON suggestions (language, seq) WHERE awaits_translation = 1 AND state = 'pending';

-- What a run translates, as the request said it: languages, and which suggestions. Null for a run of pictures.
ALTER TABLE runs ADD COLUMN translates TEXT CHECK (json_valid(translates));
-- The suggestion that was looked at last for it; null once all were.
ALTER TABLE runs ADD COLUMN translated_to INTEGER;
CREATE INDEX runs_translating ON runs (seq) WHERE translated_to IS NOT NULL;
