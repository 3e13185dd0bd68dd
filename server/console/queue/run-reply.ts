import { ApiError } from '../connection/api-error';
import { ask } from '../connection/request';
import { isNumber, isText, listOf, oneOf, shape } from '../connection/shape';

export type RunState = 'running' | 'paused' | 'cancelled' | 'undone';
export type RunAction = 'pause' | 'resume' | 'cancel';

interface Counts {
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
}

interface RunReply {
  readonly id: string;
  readonly name: string;
  readonly state: RunState;
  readonly jobs: Counts;
}

/** A run as the page shows it. */
export interface Run {
  readonly id: string;
  readonly name: string;
  readonly state: RunState;
  readonly total: number;
  readonly ended: number;
  readonly failed: number;
  readonly isComplete: boolean;
}

const counts = shape<Counts>({
  waiting: isNumber,
  running: isNumber,
  done: isNumber,
  failed: isNumber,
  cancelled: isNumber,
});
const isPage = shape<{ items: RunReply[] }>({
  items: listOf(
    shape<RunReply>({
      id: isText,
      name: isText,
      state: oneOf<RunState>({ running: true, paused: true, cancelled: true, undone: true }),
      jobs: counts,
    }),
  ),
});

function runOf({ id, name, state, jobs }: RunReply): Run {
  const ended = jobs.done + jobs.failed + jobs.cancelled;
  const total = ended + jobs.waiting + jobs.running;
  return { id, name, state, total, ended, failed: jobs.failed, isComplete: state === 'running' && total === ended };
}

/** The site's runs; none where the sidecar has no such thing. */
export async function loadRuns(signal: AbortSignal): Promise<Run[]> {
  try {
    return (await ask('/v1/runs', isPage, { signal })).items.map(runOf);
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.code === 'NOT_FOUND') return [];
    throw thrown;
  }
}
