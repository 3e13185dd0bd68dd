import type { CaptionEngine } from '../captioning/engine';
import { CATALOGUE, type ErrorCode } from '../errors';
import type { Health } from '../http/services';

export interface Surroundings {
  readonly isStopping: boolean;
  readonly disk: ErrorCode | null;
  readonly isDatabaseDamaged: boolean;
  /** This process only queues; no model of its own is missed. */
  readonly workersElsewhere: boolean;
  /** Where workers on other machines send the pictures they are given; null: nowhere. */
  readonly workersSendTo: string | null;
}

/** Whether the sidecar can work now, and why not. */
export function healthOf(engine: CaptionEngine, around: Surroundings): Health {
  const state = engine.state();
  const problems = [];
  if (around.isStopping) problems.push(problem('SHUTTING_DOWN'));
  if (around.disk !== null) problems.push(problem(around.disk));
  if (around.isDatabaseDamaged) problems.push(problem('DATABASE_DAMAGED'));
  if (state.problem !== null) problems.push(state.problem);
  else if (!state.ready && !around.workersElsewhere) problems.push(problem('MODEL_UNAVAILABLE'));
  const { model } = state;
  return {
    ready: problems.length === 0,
    model: model && { id: model.id, precision: model.precision, demonstration: model.demonstration },
    abilities: model && { answer: model.canAnswer, prompt: model.canPrompt ?? true },
    bytesAlsoGoTo: state.sendsTo ?? model?.address ?? around.workersSendTo,
    secondsPerImage: state.secondsPerImage,
    workers: state.workers,
    problems,
  };
}

function problem(code: ErrorCode) {
  return { code, message: CATALOGUE[code].message };
}
