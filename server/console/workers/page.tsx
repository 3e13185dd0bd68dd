import type { ListedWorker } from '../../contract/worker';
import { useAdminResource } from '../connection/use-admin-resource';
import { useSessions } from '../connection/session';
import type { Resource } from '../connection/use-resource';
import { loadWorkers } from '../connection/workers';
import { ago, counted } from '../parts/amounts';
import { Failure } from '../parts/failure';
import { Empty, Loading } from '../parts/placeholder';
import { JobsInRedis } from './jobs-in-redis';

const EVERY_MS = 3000;

const TASKS: Readonly<Record<string, string>> = {
  caption: 'captions',
  answer: 'answers questions',
  prompt: 'continues a prompt',
};

/** The machines that caption, how they are, and what they have done since the sidecar started. */
export function WorkersPage() {
  const workers = useAdminResource('workers', loadWorkers, EVERY_MS);
  const { admin } = useSessions();
  return (
    <>
      <Machines {...workers} />
      {admin?.bull_board === true ? <JobsInRedis /> : null}
    </>
  );
}

function Machines({ data, error, reload }: Resource<readonly ListedWorker[]>) {
  return (
    <section class="card" aria-labelledby="workers-title">
      <h2 id="workers-title">Machines</h2>
      {error === null ? null : <Failure error={error} retry={reload} />}
      {data === null && error === null ? <Loading what="workers" /> : null}
      {data?.length === 0 ? (
        <Empty title="No worker has been heard of in the last hour.">
          <p>
            Set ALTSMITH_WORKERS to 1 or more, or run “altsmith worker” on another machine with a worker key from the
            Set-up page.
          </p>
        </Empty>
      ) : null}
      {data === null || data.length === 0 ? null : <WorkerTable workers={data} />}
      <p class="fine">
        Pictures and failures are counted since the start of the sidecar. A machine that was silent for an hour leaves
        the list.
      </p>
    </section>
  );
}

function WorkerTable({ workers }: { workers: readonly ListedWorker[] }) {
  const now = Date.now();
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table of workers">
      <table>
        <thead>
          <tr>
            <th scope="col">Machine</th>
            <th scope="col">State</th>
            <th scope="col">Model</th>
            <th scope="col">Last seen</th>
            <th scope="col">Pictures</th>
            <th scope="col">Failures</th>
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <tr key={worker.name}>
              <th scope="row">{worker.name === 'local' ? 'this machine' : worker.name}</th>
              <td>
                <State worker={worker} />
              </td>
              <td>
                {worker.model === null ? 'none' : `${worker.model.id}, ${worker.model.precision}`}
                <br />
                <span class="fine">{worker.tasks.map((task) => TASKS[task] ?? task).join(', ')}</span>
              </td>
              <td class="nowrap">
                <time dateTime={worker.last_seen}>{ago(worker.last_seen, now)}</time>
              </td>
              <td>{worker.pictures.toLocaleString('en')}</td>
              <td>
                {worker.failures.toLocaleString('en')}
                {worker.last_error === null ? null : (
                  <>
                    <br />
                    <span class="fine">last: {worker.last_error}</span>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function State({ worker }: { worker: ListedWorker }) {
  if (worker.problem !== null) {
    return (
      <>
        <strong class="bad-text">Takes no jobs.</strong> {worker.problem.message}
        <br />
        <span class="fine">{worker.problem.code}</span>
      </>
    );
  }
  return (
    <>
      {worker.running === 0 ? 'idle' : `${counted(worker.running, 'picture')} now`}
      <br />
      <span class="fine">{counted(worker.slots, 'picture')} at a time</span>
    </>
  );
}
