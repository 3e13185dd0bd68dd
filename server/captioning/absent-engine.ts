import { AppError, CATALOGUE, isErrorCode } from '../errors';
import type { CaptionEngine, EngineResult, EngineState } from './engine';

/** Stands where the engine would when there is no model to start: pictures are taken and wait, and it says why. */
export class AbsentEngine implements CaptionEngine {
  readonly #code;

  constructor(code: string) {
    this.#code = isErrorCode(code) ? code : 'MODEL_UNAVAILABLE';
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  state(): EngineState {
    const problem = { code: this.#code, message: CATALOGUE[this.#code].message };
    return { ready: false, model: null, problem, workers: 0, secondsPerImage: null };
  }

  run(): Promise<EngineResult> {
    return Promise.reject(new AppError(this.#code));
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
