import type { ModelInfo } from '../../models/captioner';
import { CATALOGUE } from '../errors';
import type { CaptionEngine, EngineRequest, EngineResult, EngineState } from './engine';

/** An engine that another can take the place of while pictures are described. */
export class ChangingEngine implements CaptionEngine {
  #current: CaptionEngine;
  /** Being loaded, to take the place of the current one. */
  #coming: CaptionEngine | null = null;
  /** Requests under way of each engine, also of those that were replaced. */
  readonly #requests = new Map<CaptionEngine, number>();
  /** Replaced engines that are being stopped. */
  readonly #leaving = new Map<CaptionEngine, Promise<void>>();
  readonly #stopped: Promise<void>;
  #stop: () => void = () => undefined;

  constructor(first: CaptionEngine) {
    this.#current = first;
    this.#stopped = new Promise((resolve) => (this.#stop = resolve));
  }

  start(): Promise<void> {
    return this.#current.start();
  }

  state(): EngineState {
    return this.#current.state();
  }

  async run(request: EngineRequest): Promise<EngineResult> {
    const engine = this.#current;
    this.#count(engine, 1);
    try {
      return await engine.run(request);
    } finally {
      this.#count(engine, -1);
    }
  }

  /**
   * Loads another model, and gives it every request from then on; those under way end with the model that they began with. Null
   * when it was changed; else why not, and everything is as it was. `taken` is called at the very change.
   */
  async changeTo(next: CaptionEngine, taken: (model: ModelInfo) => void): Promise<EngineState['problem']> {
    this.#coming = next;
    await Promise.race([next.start(), this.#stopped]);
    this.#coming = null;
    const { ready, model, problem } = next.state();
    if (!ready || model === null) {
      await next.stop();
      return problem ?? { code: 'MODEL_UNAVAILABLE', message: CATALOGUE.MODEL_UNAVAILABLE.message };
    }
    const before = this.#current;
    this.#current = next;
    taken(model);
    if ((this.#requests.get(before) ?? 0) === 0) this.#dismiss(before);
    return null;
  }

  /** Stops every engine there is, also one that is being loaded or still has requests. */
  async stop(): Promise<void> {
    this.#stop();
    const replaced = [...this.#requests.keys()].filter((engine) => engine !== this.#current);
    const coming = this.#coming === null ? [] : [this.#coming];
    await Promise.all([this.#current, ...coming, ...replaced].map((engine) => engine.stop()));
    await Promise.all(this.#leaving.values());
  }

  #count(engine: CaptionEngine, change: 1 | -1): void {
    const count = (this.#requests.get(engine) ?? 0) + change;
    if (count > 0) this.#requests.set(engine, count);
    else this.#requests.delete(engine);
    if (count === 0 && engine !== this.#current) this.#dismiss(engine);
  }

  /** Stops a replaced engine that nothing waits for any more. */
  #dismiss(engine: CaptionEngine): void {
    const ending = engine.stop().finally(() => this.#leaving.delete(engine));
    this.#leaving.set(engine, ending);
  }
}
