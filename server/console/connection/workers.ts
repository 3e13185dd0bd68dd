import type { ListedWorker } from '../../contract/worker';
import { isWorkerPage } from './admin-replies';
import { ask } from './request';

/** The machines that do jobs. Needs an administrator's log-in. */
export async function loadWorkers(signal: AbortSignal): Promise<readonly ListedWorker[]> {
  const { items } = await ask('/v1/workers', isWorkerPage, { slot: 'admin', signal });
  return items;
}
