import type { ModelInfo } from '../../models/captioner';
import { Task } from '../contract/caption';
import type { WorkerTask } from '../contract/worker';
import type { ErrorCode } from '../errors';

/** A machine that was silent for longer is no longer listed, or waited for. */
const FORGOTTEN_AFTER_MS = 3_600_000;
/** One that was heard of within this time can be counted on. */
const HERE_MS = 60_000;
const MOST_REMEMBERED = 1000;

/** What a worker says of itself. */
export interface WorkerFacts {
  /** What people call it; the key that it is known by, unless given. */
  readonly name?: string;
  readonly model: ModelInfo | null;
  readonly tasks: readonly WorkerTask[];
  /** Pictures at a time. */
  readonly slots: number;
  /** Why it takes no work; null when it does. */
  readonly problem: string | null;
  /** It takes jobs from Bull; absent where it has not said. */
  readonly isFromBull?: boolean;
}

export interface KnownWorker extends WorkerFacts {
  readonly key: string;
  readonly name: string;
  /** By the clock of the machine, which may have been set since. */
  readonly lastSeenAt: number;
  readonly running: number;
  readonly pictures: number;
  readonly failures: number;
  readonly lastError: ErrorCode | null;
}

interface Entry {
  facts: WorkerFacts;
  lastSeenAt: number;
  wellAt: number | null;
  running: number;
  pictures: number;
  failures: number;
  lastError: ErrorCode | null;
}

type Abilities = Pick<ModelInfo, 'canCaption' | 'canAnswer' | 'canPrompt' | 'tasks'>;

/** What models of one kind can be asked for, from the least to the most. Each group has a queue of its own in Redis. */
export const TASK_GROUPS: readonly (readonly WorkerTask[])[] = [
  ['caption'],
  ['answer'],
  ['caption', 'answer'],
  ['caption', 'prompt'],
  ['caption', 'answer', 'prompt'],
  ['caption', 'detailed', 'more_detailed', 'ocr'],
];

/** What a model can be asked for: the largest group of which it can do everything. */
export function tasksOf(model: Abilities | null): readonly WorkerTask[] {
  if (model === null) return [];
  const { canCaption = true, canAnswer, canPrompt = true, tasks = [] } = model;
  const can = (task: WorkerTask): boolean => {
    if (task === 'answer') return canAnswer;
    if (task === 'caption') return canCaption;
    return canCaption && (task === 'prompt' ? canPrompt : tasks.includes(task));
  };
  return TASK_GROUPS.findLast((group) => group.every(can)) ?? [];
}

/** The same by the names that requests use, `question` last. */
export function publicTasks(model: Abilities): Task[] {
  const can = tasksOf(model);
  const writes = Task.options.filter((task) => can.some((one) => one === task));
  return can.includes('answer') ? [...writes, 'question'] : writes;
}

const UNKNOWN: WorkerFacts = { model: null, tasks: [], slots: 1, problem: null };

/** The machines that do jobs, as far as this process has seen them since its start. Each process of a worker has a key of its own. */
export class WorkerRegistry {
  readonly #known = new Map<string, Entry>();

  constructor(
    /** A clock that never jumps. */
    private readonly now: () => number,
  ) {}

  /** The machine has been heard of. */
  seen(key: string, facts?: WorkerFacts): void {
    this.#touch(key, facts);
  }

  started(key: string): void {
    this.#touch(key).running += 1;
  }

  /** A run ended, however it did. */
  ended(key: string, how: 'done' | 'failed' | 'given back', code: ErrorCode | null = null): void {
    const entry = this.#touch(key);
    entry.running = Math.max(0, entry.running - 1);
    if (how === 'done') {
      entry.pictures += 1;
      entry.wellAt = this.now();
    }
    if (how === 'failed') {
      entry.failures += 1;
      entry.lastError = code;
    }
  }

  /** The result of a run that was taken for lost came all the same. */
  cameLate(key: string): void {
    const entry = this.#touch(key);
    entry.pictures += 1;
    entry.wellAt = this.now();
  }

  /** The machine captioned a picture of its own well. */
  wasWell(key: string): void {
    this.#touch(key).wellAt = this.now();
  }

  /** When the machine did its latest picture, one of its own included; null for one that has done none. */
  wellAt(key: string): number | null {
    return this.#known.get(key)?.wellAt ?? null;
  }

  list(): KnownWorker[] {
    this.#forget();
    const since = this.now() - HERE_MS;
    const nameOf = ([key, { facts }]: [string, Entry]) => facts.name ?? key;
    const isHere = ([, { lastSeenAt }]: [string, Entry]) => lastSeenAt > since;
    const here = new Set([...this.#known].filter(isHere).map(nameOf));
    // A silent one of the name of one that is here was restarted.
    const listed = [...this.#known].filter((one) => isHere(one) || !here.has(nameOf(one)));
    return listed.map(([key, { facts, lastSeenAt, running, pictures, failures, lastError }]) => ({
      ...facts,
      key,
      name: facts.name ?? key,
      lastSeenAt: Date.now() - (this.now() - lastSeenAt),
      running,
      pictures,
      failures,
      lastError,
    }));
  }

  /** Whether a machine that can do the task was heard of lately. */
  canDo(task: WorkerTask): boolean {
    const since = this.now() - HERE_MS;
    return [...this.#known.values()].some(
      ({ facts, lastSeenAt }) => lastSeenAt > since && facts.problem === null && facts.tasks.includes(task),
    );
  }

  /** Code of why a machine that can do the task takes none now; null where there is none such. */
  obstacleTo(task: WorkerTask): string | null {
    const since = this.now() - HERE_MS;
    const able = [...this.#known.values()].filter(
      ({ facts, lastSeenAt }) => lastSeenAt > since && facts.tasks.includes(task),
    );
    return able.find(({ facts }) => facts.problem !== null)?.facts.problem ?? null;
  }

  /** Whether a machine that captions with a real model, not a demonstration, was heard of lately. */
  hasRealCaptioner(): boolean {
    const since = this.now() - HERE_MS;
    return [...this.#known.values()].some(
      ({ facts: { model, problem, tasks }, lastSeenAt }) =>
        lastSeenAt > since && problem === null && model?.demonstration === false && tasks.includes('caption'),
    );
  }

  /** The models of the machines that were heard of lately. */
  models(): ModelInfo[] {
    const since = this.now() - HERE_MS;
    return [...this.#known.values()].flatMap(({ facts: { model }, lastSeenAt }) =>
      lastSeenAt > since && model !== null ? [model] : [],
    );
  }

  /** Whether no machine that can do anything has reported lately. */
  isEmpty(): boolean {
    const since = this.now() - HERE_MS;
    return [...this.#known.values()].every(({ facts, lastSeenAt }) => lastSeenAt <= since || facts.tasks.length === 0);
  }

  /** Pictures at a time of the machines that were heard of lately, and how many machines these are. */
  capacity(): { slots: number; machines: number } {
    const since = this.now() - HERE_MS;
    const here = [...this.#known.values()].filter(
      (one) => one.lastSeenAt > since && one.facts.problem === null && one.facts.tasks.length > 0,
    );
    return { slots: here.reduce((sum, { facts }) => sum + facts.slots, 0), machines: here.length };
  }

  /** Slots of the machines that take jobs from Bull now, grouped by their tasks. */
  fromBull(): { tasks: readonly WorkerTask[]; slots: number }[] {
    const since = this.now() - HERE_MS;
    const groups = new Map<string, { tasks: readonly WorkerTask[]; slots: number }>();
    for (const { facts, lastSeenAt } of this.#known.values()) {
      const { tasks, slots, problem, isFromBull = false } = facts;
      if (!isFromBull || lastSeenAt <= since || problem !== null || tasks.length === 0) continue;
      const key = tasks.join();
      groups.set(key, { tasks, slots: (groups.get(key)?.slots ?? 0) + slots });
    }
    return [...groups.values()];
  }

  #touch(key: string, facts?: WorkerFacts): Entry {
    const entry = this.#known.get(key) ?? {
      facts: UNKNOWN,
      lastSeenAt: 0,
      wellAt: null,
      running: 0,
      pictures: 0,
      failures: 0,
      lastError: null,
    };
    entry.lastSeenAt = this.now();
    if (facts !== undefined) entry.facts = facts;
    // Latest last: what is at the front has been silent longest.
    this.#known.delete(key);
    this.#known.set(key, entry);
    if (this.#known.size > MOST_REMEMBERED) this.#forget();
    return entry;
  }

  #forget(): void {
    const before = this.now() - FORGOTTEN_AFTER_MS;
    for (const [key, { lastSeenAt }] of this.#known) {
      if (lastSeenAt >= before && this.#known.size <= MOST_REMEMBERED) return;
      this.#known.delete(key);
    }
  }
}
