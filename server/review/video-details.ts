import type { Fields, FieldValues } from '../contract/fields';
import type { VideoDetails, VideoFacts } from '../contract/video';
import { noteOf, wcagOf } from '../video/text-alternative';
import { isoDuration, videoObject } from '../video/video-object';

interface VideoTexts {
  readonly fields: Fields;
  /** What a person approved; null until then. */
  readonly values: FieldValues | null;
}

/** A text that is not empty. */
const textOf = (...texts: readonly (string | null | undefined)[]) =>
  texts.find((text) => (text ?? '').trim() !== '') ?? '';

/** What a suggestion says of its video: what is kept of it, and what follows from that and from its texts. Pure. */
export function videoDetails({ page, poster, ...facts }: VideoFacts, { fields, values }: VideoTexts): VideoDetails {
  const { duration, has_sound: hasSound, is_whole: isWhole, scenes } = facts;
  const said = values ?? fields;
  const name = textOf(said.title, said.alt_text, fields.title, fields.alt_text);
  const object = videoObject({
    name,
    description: textOf(said.description, said.alt_text, fields.description, name),
    duration,
    thumbnailUrl: page.thumbnail_url,
    contentUrl: page.content_url,
    uploadDate: page.uploaded_at,
  });
  const lacks = (['thumbnailUrl', 'uploadDate'] as const).filter((property) => !(property in object));
  const ofPoster = scenes.find(({ at }) => at === poster?.at);
  return {
    ...facts,
    iso_duration: isoDuration(duration),
    note: noteOf({ stills: scenes.length, hasSound, isWhole }),
    wcag: wcagOf(hasSound),
    poster: poster === null ? null : { ...poster, alt_text: ofPoster?.caption ?? fields.alt_text },
    video_object: object,
    video_object_lacks: lacks,
  };
}
