import type { Glossary } from '../contract/glossary';
import { DEFAULT_LANGUAGE } from '../contract/primitives';
import type { AppError } from '../errors';
import { entriesFor } from '../glossary/prefer';
import type { Claim } from '../queue/queue';
import type { ReplyJobs } from '../queue/reply-jobs';
import type { Storage } from '../storage/database';
import type { EngineResult } from './engine';
import { replyOf, type Reply } from './reply';

/** What a worker's result becomes where a reply was asked for. */
export class ReplyFinisher {
  constructor(
    private readonly storage: Storage,
    private readonly replies: Pick<ReplyJobs<Reply>, 'complete' | 'noteFailureReason'>,
    /** The words of a site's owner. */
    private readonly glossaryOf: (siteId: string) => Glossary,
  ) {}

  /** An attempt failed here, for whoever waits. */
  failed(claim: Claim, error: AppError): void {
    this.replies.noteFailureReason(claim.jobId, error);
  }

  /** Throws LEASE_LOST when the job is no longer this worker's, or nobody wants it any more. */
  finish(claim: Claim, result: EngineResult): void {
    const glossary = claim.work.plain === true ? [] : this.glossaryOf(claim.siteId);
    const reply = replyOf(result, entriesFor(glossary, DEFAULT_LANGUAGE));
    const output = 'answer' in reply ? reply.answer : reply.alt_text;
    const complete = () => {
      this.replies.complete(claim, { reply, output });
    };
    // The one is kept; the other goes out at once, and waits for no disk.
    if (claim.subject.id === 'caption') this.storage.unflushed(complete);
    else this.storage.transaction(complete);
  }
}
