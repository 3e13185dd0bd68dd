import type { RunAction, RunState } from '../contract/run';
import { AppError } from '../errors';

const NEXT: Readonly<Record<RunAction, { readonly from: readonly RunState[]; readonly to: RunState }>> = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['running', 'paused'], to: 'cancelled' },
  undo: { from: ['running', 'paused', 'cancelled'], to: 'undone' },
};

/** The state after an action. Asking again for what is already so changes nothing. Throws RUN_NOT_POSSIBLE. Pure. */
export function moveRun(state: RunState, action: RunAction): RunState {
  const { from, to } = NEXT[action];
  if (state === to || from.includes(state)) return to;
  throw new AppError('RUN_NOT_POSSIBLE', { state, action });
}

/** Whether jobs can still be added. */
export function takesJobs(state: RunState): boolean {
  return state === 'running' || state === 'paused';
}
