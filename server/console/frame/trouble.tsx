import { useStatus } from '../connection/status';
import { Failure } from '../parts/failure';
import { Notice } from '../parts/notice';

/** What stands in the way on every page: a sidecar that is silent, or that says it is not ready. */
export function Trouble() {
  const status = useStatus();
  if (status === null) return null;
  if (status.error !== null) return <Failure error={status.error} retry={status.reload} />;
  const { data } = status;
  if (data === null || data.ready) return null;
  return (
    <Notice tone="warn">
      <p>
        <strong>The sidecar is not ready to caption.</strong>{' '}
        {data.problems.length === 0 ? 'The model is still loading.' : ''}
      </p>
      {data.problems.map((problem) => (
        <p key={problem.code}>
          {problem.message} <span class="fine">{problem.code}</span>
        </p>
      ))}
    </Notice>
  );
}
