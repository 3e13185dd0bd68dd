import type { ModelInfo } from '../../models/captioner';
import type { CaptionEngine, EngineState } from '../captioning/engine';
import { modelRefOf } from '../captioning/model-ref';
import { publicTasks } from '../captioning/worker-registry';
import { CATALOGUE, type ErrorCode } from '../errors';
import type { Health } from '../http/services';

export interface Surroundings {
  readonly isStopping: boolean;
  readonly disk: ErrorCode | null;
  readonly isDatabaseDamaged: boolean;
  /** This process only queues; no model of its own is missed. */
  readonly workersElsewhere: boolean;
  /** What the workers on other machines are, where all are there. */
  readonly elsewhere: {
    readonly model: ModelInfo | null;
    readonly slots: number;
    readonly secondsPerImage: number | null;
  };
  /** Where workers on other machines send the pictures they are given; null: nowhere. */
  readonly workersSendTo: string | null;
  /** Why the workers of this process take no pictures for now; null when they do, or there are none. */
  readonly ownWorkers: Health['warnings'][number] | null;
  /** Whether that is more than a pause. */
  readonly isSick: boolean;
  /** Why Redis cannot be used, which costs time but no job; null when it can, or is not needed. */
  readonly redis: Health['warnings'][number] | null;
}

/** Whether the sidecar can work now, and why not. */
export function healthOf(engine: CaptionEngine, around: Surroundings): Health {
  const state = engine.state();
  const problems = [];
  if (around.isStopping) problems.push(problem('SHUTTING_DOWN'));
  if (around.disk !== null) problems.push(problem(around.disk));
  if (around.isDatabaseDamaged) problems.push(problem('DATABASE_DAMAGED'));
  const ofEngine = state.problem ?? idleBecause(state);
  const isMerelyAbsent = !state.ready && state.problem === null;
  if (ofEngine !== null && !(isMerelyAbsent && around.workersElsewhere)) problems.push(ofEngine);
  // Where other machines do the work meanwhile, it goes on more slowly.
  const isHelped = around.elsewhere.slots > 0;
  const isWarning = isHelped || !around.isSick;
  if (around.ownWorkers !== null && !isWarning) problems.push(around.ownWorkers);
  const model = state.model ?? around.elsewhere.model;
  return {
    ready: problems.length === 0,
    model: model && { ...modelRefOf(model), ...measuredOn(model), tasks: publicTasks(model) },
    abilities: model && { answer: model.canAnswer, prompt: model.canPrompt ?? true },
    bytesAlsoGoTo: state.sendsTo ?? model?.address ?? around.workersSendTo,
    secondsPerImage: state.secondsPerImage ?? around.elsewhere.secondsPerImage,
    workers: state.workers + around.elsewhere.slots,
    problems,
    warnings: [around.redis, isWarning ? around.ownWorkers : null].filter((one) => one !== null),
  };
}

/** What the model's confidence was measured on, where it says so. */
const measuredOn = ({ calibratedOn }: ModelInfo) => (calibratedOn === undefined ? {} : { calibrated_on: calibratedOn });

/** Why an engine without trouble captions nothing now; null when it does. */
export function idleBecause({ ready, model }: EngineState): EngineState['problem'] {
  if (!ready) return problem('MODEL_UNAVAILABLE');
  return model?.canCaption === false ? problem('CAPTION_MODEL_MISSING') : null;
}

/** A code of the catalogue with its sentence. */
export function problem(code: ErrorCode) {
  return { code, message: CATALOGUE[code].message };
}
