import { AppError, CATALOGUE, isErrorCode, type ErrorCode } from '../errors';
import type { CaptionEngine, EngineResult, EngineState } from './engine';

/**
 * Stands where the engine would when this process has no model to start: because all workers run on other machines
 * (`code` is null), or because there is none to be found. Pictures are taken and wait.
 */
export class AbsentEngine implements CaptionEngine {
  readonly #code: ErrorCode;
  readonly #isWanted: boolean;

  constructor(code: string | null) {
    this.#isWanted = code === null;
    this.#code = code !== null && isErrorCode(code) ? code : 'MODEL_UNAVAILABLE';
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  state(): EngineState {
    const problem = this.#isWanted ? null : { code: this.#code, message: CATALOGUE[this.#code].message };
    return { ready: false, model: null, problem, workers: 0, secondsPerImage: null };
  }

  run(): Promise<EngineResult> {
    return Promise.reject(new AppError(this.#code));
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
