-- The words that were read in the picture, one line each. Null where there are none, or where none were read.
ALTER TABLE suggestions ADD COLUMN text_in_picture TEXT;
