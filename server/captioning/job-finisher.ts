import type { FieldValues } from '../contract/fields';
import { isEnglish } from '../contract/language';
import type { ModelRef } from '../contract/primitives';
import type { Suggestion } from '../contract/suggestion';
import type { ImageStore } from '../intake/image-store';
import type { Claim, JobQueue } from '../queue/queue';
import { withApproved } from '../review/approved-english';
import type { ApprovalWish } from '../review/auto-approval';
import type { SuggestionStore } from '../review/suggestion-store';
import type { Glossary, GlossaryEntry } from '../contract/glossary';
import { AppError } from '../errors';
import type { VideoFacts } from '../contract/video';
import { translationWithOwnersWords, withOwnersWords } from '../glossary/owners-words';
import { replaceWords } from '../glossary/replace';
import type { VideoStore } from '../intake/video-store';
import { entriesFor } from '../glossary/prefer';
import type { SuggestedTexts, Texts } from '../translating/suggested-texts';
import type { Tracing } from '../tracing/tracing';
import type { Storage } from '../storage/database';
import type { CaptionResult } from './engine-result';
import { modelKey, type ResultStore } from './result-store';
import type { VideoLook, VideoLookStore } from './video-look-store';
import { composeVideo } from './text/video-texts';
import { modelRefOf } from './model-ref';
import { composeTexts } from './text/compose';
import { withProduct } from './text/product';
import { duplicateTextFlag } from './text/flags';
import { withWords } from './text/picture-words';

/** The stores of one site that finishing a job writes to. */
export interface FinishStores {
  readonly images: Pick<ImageStore, 'keepThumbnail'>;
  readonly results: Pick<ResultStore, 'put'>;
  readonly videos: Pick<VideoStore, 'keepPoster'>;
  readonly videoLooks: Pick<VideoLookStore, 'put'>;
  readonly suggestions: Pick<SuggestionStore, 'create' | 'countOthersWithText' | 'autoApprove' | 'approvedEnglish'>;
  /** What may be approved without a person; by default nothing. */
  readonly autoApprove: ApprovalWish;
}

export interface JobFinisherParts {
  readonly storage: Storage;
  readonly queue: JobQueue;
  readonly storesOf: (siteId: string) => FinishStores;
  /** English texts in the language of the job; English with a flag where no translator is here. */
  readonly inLanguage: (texts: Texts, language: string, mostMs?: number) => Promise<SuggestedTexts>;
  /** The words of a site's owner. */
  readonly glossaryOf: (siteId: string) => Glossary;
  readonly tracing: Tracing;
  /** Told which trace led to news of an instance, for the trace of its webhook. */
  readonly caused: (owner: { readonly siteId: string; readonly instance: number }, traceparent: string) => void;
}

/** What an attempt gave. */
export interface Outcome {
  readonly result: CaptionResult;
  /** What `textsOf` made of it. */
  readonly texts: SuggestedTexts;
  /** The draft of the thumbnail that was made, or null. */
  readonly thumbnail: { file: string; bytes: number } | null;
  /** The span of the attempt; null while tracing is off. */
  readonly traceparent: string | null;
}

/** What looking at a video gave. */
export interface VideoOutcome {
  readonly look: VideoLook;
  /** What `videoTextsOf` made of it. */
  readonly texts: SuggestedTexts;
  readonly thumbnail: { file: string; bytes: number } | null;
  /** In ms. */
  readonly posterKeptUntil: number;
  readonly traceparent: string | null;
}

function scenesInOwnersWords(video: VideoFacts, entries: readonly GlossaryEntry[], language: string): VideoFacts {
  const put = (caption: string) => replaceWords(caption, entries, language).text;
  return { ...video, scenes: video.scenes.map((scene) => ({ ...scene, caption: put(scene.caption) })) };
}

/** What a suggestion consists of, however it came about. */
interface Written {
  readonly texts: SuggestedTexts;
  readonly model: ModelRef;
  readonly current: FieldValues;
  readonly fileName: string | undefined;
  /** Written in the same transaction. */
  readonly beside: () => void;
}

/** What a worker's result becomes: a suggestion, the job's end and the feed's entry, all in one transaction. */
export class JobFinisher {
  constructor(private readonly parts: JobFinisherParts) {}

  /**
   * What is suggested, in the language of the job. Where a person has approved an English text for this very picture, that one is
   * translated, not the model's. What is not translated within `mostMs` stays English, and is translated later.
   */
  async textsOf(
    claim: Claim,
    { caption, readings, image, words, model }: CaptionResult,
    mostMs?: number,
  ): Promise<SuggestedTexts> {
    const { context, current, fields } = claim.work;
    const glossary = this.#englishWords(claim);
    const texts = composeTexts({ caption, readings, image, words, context, current, fields, model, glossary });
    const suggested = withProduct(await this.#translated(claim, texts, mostMs), context?.product, fields);
    return withWords(suggested, words, claim.language);
  }

  /** The same of a video. */
  videoTextsOf(claim: Claim, look: VideoLook): Promise<SuggestedTexts> {
    const { context, current, fields } = claim.work;
    const texts = composeVideo({ look, context, current, fields });
    const glossary = this.#englishWords(claim);
    if (glossary.length === 0) return this.#translated(claim, texts);
    const own = withOwnersWords(texts, glossary, 'en', texts.fields.alt_text);
    return this.#translated(claim, { ...own, video: scenesInOwnersWords(texts.video, glossary, 'en') });
  }

  #englishWords({ siteId, language }: Claim): GlossaryEntry[] {
    return entriesFor(this.parts.glossaryOf(siteId), isEnglish(language) ? language : 'en');
  }

  async #translated(claim: Claim, texts: Texts, mostMs?: number): Promise<SuggestedTexts> {
    if (isEnglish(claim.language)) return this.parts.inLanguage(texts, claim.language);
    const approved = this.parts.storesOf(claim.siteId).suggestions.approvedEnglish(claim);
    const english = approved === null ? texts.fields : withApproved(texts.fields, approved);
    return this.inOwnersWords(
      claim,
      await this.parts.inLanguage({ ...texts, fields: english }, claim.language, mostMs),
    );
  }

  /** A translation with the words that the site's owner has for its language. */
  inOwnersWords({ siteId, language }: Pick<Claim, 'siteId' | 'language'>, texts: SuggestedTexts): SuggestedTexts {
    if (texts.translator === null) return texts;
    const entries = entriesFor(this.parts.glossaryOf(siteId), language);
    const own = translationWithOwnersWords(texts, entries, language);
    return texts.video === undefined ? own : { ...own, video: scenesInOwnersWords(texts.video, entries, language) };
  }

  /**
   * Keeps what the model said before the texts are written, so that nobody looks at the picture again for another language. No effect
   * where the job is no longer this worker's, and for English texts, which are stored at once.
   */
  keepResult(claim: Claim, result: CaptionResult): void {
    if (isEnglish(claim.language)) return;
    const { storage, queue, storesOf } = this.parts;
    storage.unflushed(() => {
      if (queue.renew(claim)) storesOf(claim.siteId).results.put(claim.imageSha256, result);
    });
  }

  /** Throws LEASE_LOST when the job is no longer this worker's; then nothing of it is kept, and the draft stays. */
  finish(claim: Claim, { result, texts, thumbnail, traceparent }: Outcome): Suggestion {
    const { images, results } = this.parts.storesOf(claim.siteId);
    const { context, current } = claim.work;
    const beside = () => {
      results.put(claim.imageSha256, result);
      if (thumbnail !== null) images.keepThumbnail(claim.imageSha256, thumbnail);
    };
    const model = modelRefOf(result.model);
    const written = { texts, model, current: current ?? {}, fileName: context?.file_name, beside };
    return this.#traced(traceparent, (trace) => this.#store(claim, written, trace));
  }

  /** The same of a video, whose poster and thumbnail are kept with it. Throws LEASE_LOST; then the draft stays. */
  finishVideo(claim: Claim, { look, texts, thumbnail, posterKeptUntil, traceparent }: VideoOutcome): Suggestion {
    const { images, videos, videoLooks } = this.parts.storesOf(claim.siteId);
    const { context, current } = claim.work;
    const beside = () => {
      videoLooks.put(claim.imageSha256, modelKey(look.model), look);
      if (thumbnail !== null) images.keepThumbnail(claim.imageSha256, thumbnail);
      if (look.poster === null) return;
      videos.keepPoster({ video: claim.imageSha256, image: look.poster.image_sha256, keptUntil: posterKeptUntil });
    };
    const written = { texts, model: look.model, current: current ?? {}, fileName: context?.file_name, beside };
    return this.#traced(traceparent, (trace) => this.#store(claim, written, trace));
  }

  /** The same for a job that looks at no picture: its texts are those of another suggestion, translated. Throws LEASE_LOST. */
  finishTranslation(claim: Claim, from: Suggestion, texts: SuggestedTexts): Suggestion {
    const { model, current } = from;
    const { context, fields } = claim.work;
    const own = withProduct(this.inOwnersWords(claim, texts), context?.product, fields);
    const translated = { ...own, textInPicture: from.text_in_picture };
    const written = { texts: translated, model, current, fileName: undefined, beside: () => undefined };
    return this.#traced(claim.work.traceparent ?? null, (trace) => this.#store(claim, written, trace));
  }

  #traced(parent: string | null, store: (traceparent: string | null) => Suggestion): Suggestion {
    const span = this.parts.tracing.start('store result', { kind: 'internal', parent });
    try {
      const suggestion = store(span.traceparent);
      span.end({ 'altsmith.suggestion.id': suggestion.id });
      return suggestion;
    } catch (error) {
      span.end({}, error instanceof AppError ? error.code : 'INTERNAL');
      throw error;
    }
  }

  #store(claim: Claim, { texts, model, current, fileName, beside }: Written, traceparent: string | null): Suggestion {
    const { suggestions, autoApprove } = this.parts.storesOf(claim.siteId);
    const { storage, caused, queue } = this.parts;
    return storage.transaction(() => {
      // Registered first: callbacks run in order, and that of the feed's entry wakes the webhooks.
      if (traceparent !== null) storage.afterCommit(() => caused(claim, traceparent));
      const twins = suggestions.countOthersWithText({
        instance: claim.instance,
        jobSeq: claim.jobSeq,
        altText: texts.fields.alt_text,
      });
      const duplicate = duplicateTextFlag(twins);
      const suggestion = suggestions.create({
        jobId: claim.jobId,
        jobSeq: claim.jobSeq,
        instance: claim.instance,
        subject: claim.subject,
        imageSha256: claim.imageSha256,
        fields: texts.fields,
        textInPicture: texts.textInPicture ?? null,
        video: texts.video,
        alternatives: texts.alternatives,
        confidence: texts.confidence,
        flags: duplicate === null ? texts.flags : [...texts.flags, duplicate],
        model,
        source: texts.source,
        translator: texts.translator,
        awaitsTranslation: texts.awaitsTranslation,
        current,
        fileName,
      });
      queue.complete(claim, { suggestionId: suggestion.id, modelId: model.id });
      beside();
      // How far a translation can be trusted has not been measured.
      // Nor how far that of a whole video can.
      const isMeasured = texts.source === null && texts.video === undefined;
      return isMeasured ? suggestions.autoApprove(suggestion, autoApprove) : suggestion;
    });
  }
}
