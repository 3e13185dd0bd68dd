import { guarded } from '../background';
import { untilAborted } from '../any-signal';
import { isEnglish } from '../contract/language';
import type { Fields, FlagCode } from '../contract/fields';
import type { VideoDetails, VideoFacts } from '../contract/video';
import type { Suggestion } from '../contract/suggestion';
import { AppError, toAppError } from '../errors';
import type { Logger } from '../logger';
import { GIVEN_BACK } from '../queue/claim-loop';
import type { Claim, JobQueue } from '../queue/queue';
import { englishOf, withApproved } from '../review/approved-english';
import type { Storage } from '../storage/database';
import { timedList } from '../video/text-alternative';
import { OF_THE_TRANSLATOR, type SuggestedTexts, type Texts } from './suggested-texts';

export interface TranslationJobParts {
  readonly storage: Storage;
  readonly queue: Pick<JobQueue, 'renew' | 'fail' | 'release' | 'leaseMs'>;
  /** Throws LEASE_LOST. */
  readonly finish: (claim: Claim, from: Suggestion, texts: SuggestedTexts) => Suggestion;
  readonly suggestionOf: (siteId: string, id: string) => Suggestion | null;
  /** Ends a job that there is nothing to do for. */
  readonly cancel: (siteId: string, jobId: string) => void;
  readonly inLanguage: (texts: Texts, language: string) => Promise<SuggestedTexts>;
  readonly logger: Logger;
}

const RENEWALS_A_LEASE = 4;
/** What the queue is told of where a translation failed. */
const TRANSLATOR = 'translator';
/** What is said of the machine's own words, and not of what a person approved. */
const OF_THE_MACHINE: ReadonlySet<FlagCode> = new Set(['low_confidence', 'repetitive', 'too_short']);
/** What is found out anew. */
const OF_THE_TEXT: ReadonlySet<FlagCode> = new Set(['duplicate_text', 'not_translated']);

/** GIVEN_BACK: the translator cannot be used now, which says nothing of the text. */
export type TranslationOutcome = 'ended' | typeof GIVEN_BACK;

/** One claimed job that translates what another suggestion says. Never rejects: whatever happens becomes the outcome. */
export async function translationJob(
  parts: TranslationJobParts,
  claim: Claim,
  stopping: AbortSignal,
): Promise<TranslationOutcome> {
  const { queue, storage } = parts;
  const logger = parts.logger.child({ job_id: claim.jobId, site_id: claim.siteId, attempt: claim.attempt });
  const renewal = setInterval(
    guarded(
      () => queue.renew(claim),
      (error) => {
        logger.warn({ err: error }, 'lease not renewed');
      },
    ),
    queue.leaseMs / RENEWALS_A_LEASE,
  );
  try {
    const from = parts.suggestionOf(claim.siteId, claim.work.translate?.suggestion ?? '');
    const english = from === null ? null : englishTexts(from);
    const texts = english && (await untilAborted(parts.inLanguage(english, claim.language), stopping));
    if (from === null || texts === null || texts.source === null) {
      // It has been withdrawn or decided against meanwhile, or is in the language already.
      parts.cancel(claim.siteId, claim.jobId);
      logger.info('nothing to translate');
      return 'ended';
    }
    if (texts.translator === null) throw new AppError(texts.failure ?? 'TRANSLATION_FAILED');
    await storage.together(() => parts.finish(claim, from, texts));
    return 'ended';
  } catch (thrown) {
    return settle(parts, claim, { thrown, stopping, logger });
  } finally {
    clearInterval(renewal);
  }
}

function settle(
  { queue, storage }: TranslationJobParts,
  claim: Claim,
  { thrown, stopping, logger }: { thrown: unknown; stopping: AbortSignal; logger: Logger },
): TranslationOutcome {
  const error = toAppError(thrown);
  if (error.code === 'LEASE_LOST') return 'ended';
  try {
    if (stopping.aborted) {
      queue.release(claim);
      return 'ended';
    }
    if (OF_THE_TRANSLATOR.has(error.code)) {
      logger.info({ code: error.code }, 'given back until the translator can be used');
      // Hundreds may be given back at a time; those that a power cut forgets are claimed again.
      storage.unflushed(() => queue.fail(claim, error, { machine: TRANSLATOR, blame: 'nobody' }));
      return GIVEN_BACK;
    }
    logger.warn({ err: error, code: error.code }, 'attempt failed');
    queue.fail(claim, error);
  } catch (failure) {
    // Not stored means nothing is lost either: the lease runs out and the job is handed out again.
    logger.error({ err: failure }, 'job outcome not stored');
  }
  return 'ended';
}

/**
 * The English of a suggestion: what a person approved, else what the model said; null where it is not to be translated, because
 * it is withdrawn, decided against, or was approved as it is in a language that has no translation yet.
 */
export function englishTexts(from: Suggestion): Texts | null {
  const { state, fields, alternatives, confidence, language, translator } = from;
  const video = from.video === null ? undefined : englishVideo(from.video);
  const approved = englishOf(from);
  if (approved !== null) {
    const flags = from.flags.filter(({ code }) => !OF_THE_MACHINE.has(code) && !OF_THE_TEXT.has(code));
    // Beside a translation only the alt text has its English.
    return { fields: withScenes(withApproved(fields, approved), video), alternatives: [], flags, confidence, video };
  }
  const isOpen = state === 'pending' || state === 'conflict';
  // Its own words are English unless a translator wrote them.
  if (!isOpen || (!isEnglish(language) && translator !== null)) return null;
  return { fields, alternatives, flags: from.flags.filter(({ code }) => !OF_THE_TEXT.has(code)), confidence, video };
}

/** What is kept of a video, with the English of its scenes. */
function englishVideo({ duration, has_sound, is_whole, scenes, poster, video_object }: VideoDetails): VideoFacts {
  const { contentUrl, thumbnailUrl, uploadDate } = video_object;
  return {
    ...{ duration, has_sound, is_whole },
    scenes: scenes.map((scene) => ({ ...scene, caption: scene.source ?? scene.caption, source: null })),
    poster: poster === null ? null : { image_sha256: poster.image_sha256, at: poster.at },
    page: {
      ...(contentUrl === undefined ? {} : { content_url: contentUrl }),
      ...(thumbnailUrl === undefined ? {} : { thumbnail_url: thumbnailUrl }),
      ...(uploadDate === undefined ? {} : { uploaded_at: uploadDate }),
    },
  };
}

/** What was approved beside a translation has no English text alternative of its own. */
function withScenes(fields: Fields, video: VideoFacts | undefined): Fields {
  if (video === undefined || fields.text_alternative !== null) return fields;
  return { ...fields, text_alternative: timedList(video.scenes) };
}
