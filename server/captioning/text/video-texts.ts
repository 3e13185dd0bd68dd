import type { FieldName, Fields, FieldValues, Flag } from '../../contract/fields';
import type { JobContext } from '../../contract/job';
import type { VideoFacts } from '../../contract/video';
import type { Texts } from '../../translating/suggested-texts';
import { describeScenes } from '../../video/describe-scenes';
import { ended, timedList } from '../../video/text-alternative';
import type { VideoLook } from '../video-look-store';

export interface VideoInput {
  readonly look: VideoLook;
  readonly context: JobContext | null;
  readonly current: FieldValues | null;
  /** Fields that were asked for; null means all of them. */
  readonly fields: readonly FieldName[] | null;
}

export type VideoTexts = Texts & { readonly video: VideoFacts };

/** As for pictures: about half of such texts are wrong. */
const LOW_CONFIDENCE = 0.35;

function fieldsOf({ look, fields }: VideoInput): { fields: Fields; confidence: number } {
  const texts = describeScenes(look.scenes);
  const wanted = (name: FieldName) => fields === null || fields.includes(name);
  return {
    fields: {
      alt_text: texts.summary,
      title: wanted('title') ? texts.title : null,
      caption: null,
      description: wanted('description') ? ended(texts.summary) : null,
      keywords: wanted('keywords') && texts.keywords.length > 0 ? [...texts.keywords] : null,
      file_name: null,
      text_alternative: wanted('text_alternative') ? timedList(look.scenes) : null,
    },
    confidence: texts.confidence,
  };
}

function flagsOf(confidence: number, isWhole: boolean, current: FieldValues | null): Flag[] {
  const flags: Flag[] = [];
  const doubts = [
    ...(confidence < LOW_CONFIDENCE ? ['The model is unsure about this text.'] : []),
    ...(isWhole ? [] : ['The file is damaged, and only its beginning was seen.']),
  ];
  if (doubts.length > 0)
    flags.push({ code: 'low_confidence', message: `${doubts.join(' ')} Compare it with the video.` });
  const texts = [current?.description, current?.alt_text, current?.text_alternative];
  if (texts.some((text) => (text ?? '').trim() !== '')) {
    const message = 'This video has a description already. It stays unless you approve a change.';
    flags.push({ code: 'existing_human_text', message });
  }
  return flags;
}

/** Everything a suggestion says about one video, from what the model said about its stills; English. Pure. */
export function composeVideo(input: VideoInput): VideoTexts {
  const { look, context, current } = input;
  const { fields, confidence } = fieldsOf(input);
  const { content_url, thumbnail_url, uploaded_at } = context ?? {};
  return {
    fields,
    alternatives: [],
    flags: flagsOf(confidence, look.is_whole, current),
    confidence,
    video: {
      duration: look.duration,
      has_sound: look.has_sound,
      is_whole: look.is_whole,
      scenes: look.scenes.map(({ at, from, to, caption }) => ({ at, from, to, caption, source: null })),
      poster: look.poster,
      page: {
        ...(content_url === undefined ? {} : { content_url }),
        ...(thumbnail_url === undefined ? {} : { thumbnail_url }),
        ...(uploaded_at === undefined ? {} : { uploaded_at }),
      },
    },
  };
}
