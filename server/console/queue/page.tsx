import { useStatus } from '../connection/status';
import { Loading } from '../parts/placeholder';
import { Jobs } from './jobs';
import { RunsAndLanguages } from './runs';
import { Tiles } from './tiles';

/** What waits, how fast it goes, and what went wrong. Everything on it keeps itself fresh. */
export function QueuePage() {
  const status = useStatus();
  if (status === null) return null;
  if (status.data === null) return status.error === null ? <Loading what="the queue" /> : null;
  return (
    <>
      <Tiles status={status.data} />
      <RunsAndLanguages />
      <Jobs />
    </>
  );
}
