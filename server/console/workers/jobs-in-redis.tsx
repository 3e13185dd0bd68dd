import type { ConsoleBoardReply } from '../../contract/console';
import { useState } from 'preact/hooks';
import { toApiError, type ApiError } from '../connection/api-error';
import { sidecarAddress } from '../connection/address';
import { ask } from '../connection/request';
import { isText, shape } from '../connection/shape';
import { useLoseAdmin } from '../connection/use-admin-resource';
import { Failure } from '../parts/failure';

const isBoardReply = shape<ConsoleBoardReply>({ path: isText });

/** Opens bull-board in this tab. It has a log-in of its own, since a browser's link cannot send the console's. */
async function openBoard(): Promise<void> {
  const path = `${new URL(sidecarAddress()).pathname.replace(/\/$/, '')}/`;
  const visit = await ask('/console/bull-board/visit', isBoardReply, { method: 'POST', json: { path }, slot: 'admin' });
  location.assign(visit.path);
}

/** The way to bull-board. */
export function JobsInRedis() {
  const [isOpening, setOpening] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  useLoseAdmin(error);
  const open = () => {
    setOpening(true);
    setError(null);
    openBoard().catch((thrown: unknown) => {
      setError(toApiError(thrown));
      setOpening(false);
    });
  };
  return (
    <section class="card" aria-labelledby="redis-title">
      <h2 id="redis-title">Jobs in Redis</h2>
      <p>
        Redis holds the next jobs for these machines, about two for each picture at a time. bull-board shows them; it
        changes nothing and stays open for ten minutes.
      </p>
      {error === null ? null : <Failure error={error} />}
      <button type="button" disabled={isOpening} onClick={open}>
        Open bull-board
      </button>
    </section>
  );
}
