import type { CaptionEngine } from '../captioning/engine';
import { CATALOGUE } from '../errors';
import type { Health } from '../http/services';

/** Whether the sidecar can work now, and why not. */
export function healthOf(engine: CaptionEngine, isStopping: boolean): Health {
  const state = engine.state();
  const problems = [];
  if (isStopping) problems.push({ code: 'SHUTTING_DOWN', message: CATALOGUE.SHUTTING_DOWN.message });
  else if (state.problem !== null) problems.push(state.problem);
  else if (!state.ready) problems.push({ code: 'MODEL_UNAVAILABLE', message: CATALOGUE.MODEL_UNAVAILABLE.message });
  const { model } = state;
  return {
    ready: problems.length === 0,
    model: model && { id: model.id, precision: model.precision, demonstration: model.demonstration },
    abilities: model && { answer: model.canAnswer, prompt: model.canPrompt ?? true },
    secondsPerImage: state.secondsPerImage,
    workers: state.workers,
    problems,
  };
}
