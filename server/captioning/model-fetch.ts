import type { ComingModel, ModelPull } from '../contract/model';
import type { Logger } from '../logger';
import type { ModelShelf } from './model-shelf';

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 60 * 60_000;
/** Another pull is under way, or one that was killed is still tidying up. */
const BUSY_PAUSE_MS = 5_000;

export interface ModelFetchParts {
  readonly id: string;
  /** Of the download. */
  readonly bytes: number;
  /** Name of the host it comes from. */
  readonly hub: string;
  /** Whether nothing but a demonstration model would be used without it. */
  readonly isNeeded: () => boolean;
  /** Why this machine cannot run it, as a sentence; null where it can. */
  readonly obstacle: () => string | null;
  readonly shelf: Pick<ModelShelf, 'pull' | 'pullOf' | 'isPulling'>;
  readonly logger: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Fetches a real model by itself where only a demonstration model is here, in a process of its own. A fetch that fails is tried
 * again later, from where it stopped; one that a person stops is not, until the next start.
 */
export class ModelFetch {
  #began = false;
  #isOver = false;
  #nextAt = 0;
  #fruitless = 0;
  #reason: string | null = null;

  constructor(private readonly parts: ModelFetchParts) {}

  /** Begins, goes on or gives up for now, whatever is due. */
  look(): void {
    const { id, shelf, isNeeded, now } = this.parts;
    if (this.#isOver || shelf.isPulling(id)) return;
    if (!isNeeded()) {
      this.#reason = null;
      this.#isOver = true;
      return;
    }
    if (this.#began) this.#noteEnd();
    else if (now() >= this.#nextAt) this.#begin();
  }

  /** How far it is; null where nothing is fetched. */
  state(): ComingModel | null {
    const { id, shelf } = this.parts;
    const pull = shelf.pullOf(id);
    if (pull?.state === 'running') {
      const { step, done_bytes, total_bytes } = pull;
      return { id, state: 'fetching', step, done_bytes, total_bytes, message: null };
    }
    if (this.#reason === null) return null;
    return { id, state: 'waiting', step: '', done_bytes: 0, total_bytes: 0, message: this.#reason };
  }

  /** One line for the person who starts the sidecar; null where nothing is missing. */
  announcement(): string | null {
    const { id, bytes, hub, isNeeded, obstacle } = this.parts;
    if (!isNeeded()) return null;
    const megabytes = Math.max(1, Math.round(bytes / 1e6));
    return (
      obstacle() ??
      `${id}, a model for real use, is being fetched in the background (${megabytes} MB from ${hub}) and used as soon as it is here; ALTSMITH_FETCH=never stops that.`
    );
  }

  #begin(): void {
    const { id, shelf, obstacle, logger } = this.parts;
    const reason = obstacle();
    if (reason !== null) {
      this.#reason = reason;
      this.#isOver = true;
      logger.warn({ model: id, reason }, 'no model is fetched');
      return;
    }
    if (shelf.isPulling(null)) {
      this.#pause(BUSY_PAUSE_MS);
      return;
    }
    this.#began = true;
    shelf.pull(id, { isByItself: true });
  }

  /** A pull that has left nothing was stopped by a person. */
  #noteEnd(): void {
    const { id, shelf, logger } = this.parts;
    const pull: ModelPull | null = shelf.pullOf(id);
    this.#began = false;
    if (pull === null || pull.state === 'done') {
      this.#isOver = true;
      this.#reason = null;
    } else if (pull.error?.code === 'PULL_NOT_POSSIBLE') this.#pause(BUSY_PAUSE_MS);
    else {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#fruitless, LONGEST_PAUSE_MS);
      this.#fruitless += 1;
      const minutes = Math.round(pauseMs / 60_000);
      const due = minutes === 1 ? 'in a minute' : `in ${minutes} minutes`;
      this.#reason = `${id} could not be fetched: ${pull.error?.message ?? ''} The demonstration model goes on; the next try is ${due}.`;
      this.#pause(pauseMs);
      logger.warn({ model: id, reason: this.#reason }, 'the model could not be fetched yet');
    }
  }

  #pause(ms: number): void {
    this.#nextAt = this.parts.now() + ms;
  }
}
