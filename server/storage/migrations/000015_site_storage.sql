-- Size of the thumbnail's file. Null for one that was made before sizes were kept; it counts as 25,000 bytes.
ALTER TABLE images ADD COLUMN thumbnail_bytes INTEGER;

-- Bytes on disk of each site's pictures and thumbnails: triggers keep them, so that nobody has to add up the pictures.
-- A picture that several sites sent lies in the folder of each, and counts for each.
CREATE TABLE site_storage (
  site_id         TEXT PRIMARY KEY REFERENCES sites (id) ON DELETE CASCADE,
  -- Pictures that are known, with their bytes or without.
  images          INTEGER NOT NULL,
  image_bytes     INTEGER NOT NULL,
  thumbnail_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO site_storage (site_id, images, image_bytes, thumbnail_bytes)
SELECT site_id, count(*), sum(bytes * original), sum(thumbnail) * 25000 FROM images GROUP BY site_id;

CREATE TRIGGER images_stored AFTER INSERT ON images
BEGIN
  INSERT INTO site_storage (site_id, images, image_bytes, thumbnail_bytes)
  VALUES (NEW.site_id, 1, NEW.bytes * NEW.original, coalesce(NEW.thumbnail_bytes, 25000) * NEW.thumbnail)
  ON CONFLICT (site_id) DO UPDATE SET
    images = images + 1,
    image_bytes = image_bytes + excluded.image_bytes,
    thumbnail_bytes = thumbnail_bytes + excluded.thumbnail_bytes;
END;

CREATE TRIGGER images_storage_changed AFTER UPDATE OF bytes, original, thumbnail, thumbnail_bytes ON images
BEGIN
  UPDATE site_storage SET
    image_bytes = image_bytes + NEW.bytes * NEW.original - OLD.bytes * OLD.original,
    thumbnail_bytes = thumbnail_bytes
      + coalesce(NEW.thumbnail_bytes, 25000) * NEW.thumbnail
      - coalesce(OLD.thumbnail_bytes, 25000) * OLD.thumbnail
  WHERE site_id = NEW.site_id;
END;

CREATE TRIGGER images_no_longer_stored AFTER DELETE ON images
BEGIN
  UPDATE site_storage SET
    images = images - 1,
    image_bytes = image_bytes - OLD.bytes * OLD.original,
    thumbnail_bytes = thumbnail_bytes - coalesce(OLD.thumbnail_bytes, 25000) * OLD.thumbnail
  WHERE site_id = OLD.site_id;
END;
