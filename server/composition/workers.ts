import type { CaptionEngine } from '../captioning/engine';
import { modelRefOf } from '../captioning/model-ref';
import type { WorkerCondition } from '../captioning/worker-condition';
import { tasksOf, type KnownWorker, type WorkerRegistry } from '../captioning/worker-registry';
import type { ListedWorker } from '../contract/worker';
import { CATALOGUE, isErrorCode } from '../errors';
import { LOCAL_WORKERS } from './stores';

/** The machines that do jobs, this one included where it has workers. */
export function listedWorkers(
  registry: WorkerRegistry,
  own: { readonly engine: Pick<CaptionEngine, 'state'>; readonly condition: Pick<WorkerCondition, 'problem'> },
): ListedWorker[] {
  const state = own.engine.state();
  if (state.workers > 0) {
    const problem = own.condition.problem()?.code ?? state.problem?.code ?? null;
    registry.seen(LOCAL_WORKERS, { model: state.model, tasks: tasksOf(state.model), slots: state.workers, problem });
  }
  return registry.list().map(listed);
}

function listed(worker: KnownWorker): ListedWorker {
  const { model, problem } = worker;
  return {
    name: worker.name,
    model: model && modelRefOf(model),
    tasks: [...worker.tasks],
    slots: worker.slots,
    problem: problem === null ? null : { code: problem, message: sentenceOf(problem) },
    running: worker.running,
    pictures: worker.pictures,
    failures: worker.failures,
    last_error: worker.lastError,
    last_seen: new Date(worker.lastSeenAt).toISOString(),
  };
}

const sentenceOf = (code: string) => CATALOGUE[isErrorCode(code) ? code : 'INTERNAL'].message;
