import type { Suggestion } from '../contract/suggestion';
import type { ImageStore } from '../intake/image-store';
import type { Claim, JobQueue } from '../queue/queue';
import type { SuggestionStore } from '../review/suggestion-store';
import { AppError } from '../errors';
import type { Tracing } from '../tracing/tracing';
import type { Storage } from '../storage/database';
import type { CaptionResult } from './engine-result';
import type { ResultStore } from './result-store';
import { modelRefOf } from './model-ref';
import { composeTexts } from './text/compose';
import { duplicateTextFlag } from './text/flags';

/** The stores of one site that finishing a job writes to. */
export interface FinishStores {
  readonly images: Pick<ImageStore, 'keepThumbnail'>;
  readonly results: Pick<ResultStore, 'put'>;
  readonly suggestions: Pick<SuggestionStore, 'create' | 'countOthersWithText' | 'autoApprove'>;
  /** Least confidence for approval without a person; null, the default, is never. */
  readonly autoApproveFrom: number | null;
}

export interface JobFinisherParts {
  readonly storage: Storage;
  readonly queue: JobQueue;
  readonly storesOf: (siteId: string) => FinishStores;
  readonly tracing: Tracing;
  /** Told which trace led to news of an instance, for the trace of its webhook. */
  readonly caused: (owner: { readonly siteId: string; readonly instance: number }, traceparent: string) => void;
}

/** What an attempt gave. */
export interface Outcome {
  readonly result: CaptionResult;
  /** The draft of the thumbnail that was made, or null. */
  readonly thumbnail: { file: string; bytes: number } | null;
  /** The span of the attempt; null while tracing is off. */
  readonly traceparent: string | null;
}

/** What a worker's result becomes: a suggestion, the job's end and the feed's entry, all in one transaction. */
export class JobFinisher {
  constructor(private readonly parts: JobFinisherParts) {}

  /** Throws LEASE_LOST when the job is no longer this worker's; then nothing of it is kept, and the draft stays. */
  finish(claim: Claim, outcome: Outcome): Suggestion {
    const span = this.parts.tracing.start('store result', { kind: 'internal', parent: outcome.traceparent });
    try {
      const suggestion = this.#store(claim, { ...outcome, traceparent: span.traceparent });
      span.end({ 'altsmith.suggestion.id': suggestion.id });
      return suggestion;
    } catch (error) {
      span.end({}, error instanceof AppError ? error.code : 'INTERNAL');
      throw error;
    }
  }

  #store(claim: Claim, { result, thumbnail, traceparent }: Outcome): Suggestion {
    const { caption, readings, image } = result;
    const { context, current, locale, fields } = claim.work;
    const texts = composeTexts({ caption, readings, image, context, current, locale, fields, model: result.model });
    const { images, results, suggestions, autoApproveFrom } = this.parts.storesOf(claim.siteId);
    const { storage, caused } = this.parts;
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
        alternatives: texts.alternatives,
        confidence: texts.confidence,
        flags: duplicate === null ? texts.flags : [...texts.flags, duplicate],
        model: modelRefOf(result.model),
        current: current ?? {},
        fileName: context?.file_name,
      });
      this.parts.queue.complete(claim, { suggestionId: suggestion.id, modelId: result.model.id });
      results.put(claim.imageSha256, result);
      if (thumbnail !== null) images.keepThumbnail(claim.imageSha256, thumbnail);
      return suggestions.autoApprove(suggestion, autoApproveFrom);
    });
  }
}
