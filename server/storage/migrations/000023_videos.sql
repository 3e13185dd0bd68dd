-- A video is a row of `images` with a media type of its own. Pictures that belong to it and end with it: frames that a client cut,
-- and the frame that is offered as its poster.
CREATE TABLE video_pictures (
  site_id      TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  video_sha256 TEXT NOT NULL,
  image_sha256 TEXT NOT NULL,
  is_poster    INTEGER NOT NULL CHECK (is_poster IN (0, 1)),
  PRIMARY KEY (site_id, video_sha256, image_sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX video_pictures_of_image ON video_pictures (site_id, image_sha256);
CREATE TRIGGER video_pictures_end AFTER DELETE ON images
BEGIN
  DELETE FROM video_pictures WHERE site_id = OLD.site_id AND video_sha256 = OLD.sha256;
  DELETE FROM video_pictures WHERE site_id = OLD.site_id AND image_sha256 = OLD.sha256;
END;

-- What a suggestion says of a video beside its texts: its length, its scenes with their times, its poster. Null for a picture.
ALTER TABLE suggestions ADD COLUMN video TEXT CHECK (json_valid(video));
