import type { CaptionEngine } from '../captioning/engine';
import { modelRefOf } from '../captioning/model-ref';
import type { WorkerCondition } from '../captioning/worker-condition';
import { tasksOf, type KnownWorker, type WorkerRegistry } from '../captioning/worker-registry';
import type { ListedWorker } from '../contract/worker';
import { CATALOGUE, isErrorCode } from '../errors';
import type { Config } from '../config';
import { LOCAL_WORKERS, THIS_MACHINE } from './stores';
import type { Work } from './work';

/** What the workers on other machines are together, for the status. */
export function workersElsewhere(registry: WorkerRegistry, work: Pick<Work, 'model' | 'remoteWork'>, config: Config) {
  const isAll = config.workers === 0;
  const model = isAll ? work.model.now() : null;
  const { secondsPerImage, sendsTo } = work.remoteWork;
  return {
    workersElsewhere: isAll,
    elsewhere: { model, slots: registry.capacity().slots, secondsPerImage },
    workersSendTo: sendsTo ?? model?.address ?? null,
  };
}

/** The machines that do jobs, this one included where it has workers. */
export function listedWorkers(
  registry: WorkerRegistry,
  own: { readonly engine: Pick<CaptionEngine, 'state'>; readonly condition: Pick<WorkerCondition, 'problem'> },
): ListedWorker[] {
  const workers = registry.list();
  const state = own.engine.state();
  if (state.workers === 0) return workers.map(listed);
  const problem = own.condition.problem()?.code ?? state.problem?.code ?? null;
  const facts = { model: state.model, tasks: tasksOf(state.model), slots: state.workers, problem };
  const done = workers.find(({ key }) => key === THIS_MACHINE) ?? NOTHING_DONE;
  const others = workers.filter(({ key }) => key !== THIS_MACHINE);
  return [{ ...done, ...facts, key: THIS_MACHINE, name: LOCAL_WORKERS, lastSeenAt: Date.now() }, ...others].map(listed);
}

const NOTHING_DONE = { running: 0, pictures: 0, failures: 0, lastError: null };

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
