import { Button } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import type { Reason, Run, RunAction } from './types';

interface Props {
  readonly run: Run;
  readonly busy: boolean;
  readonly onAct: (action: RunAction) => void;
}

/** The run that goes on. */
export function RunProgress({ run, busy, onAct }: Props) {
  const paused = run.state === 'paused';
  return (
    <section className="altsmith-run" data-run={run.id} data-state={run.state}>
      <h2>{paused ? __('Paused', 'altsmith') : __('Generating suggestions', 'altsmith')}</h2>
      <progress max={Math.max(run.expected, 1)} value={run.ended} aria-label={__('Processed images', 'altsmith')} />
      <p>
        {sprintf(
          /* translators: 1: images done, 2: all images of the run */
          __('%1$d of %2$d images processed.', 'altsmith'),
          run.ended,
          run.expected,
        )}{' '}
        {paused ? __('Nothing more is sent until you resume.', 'altsmith') : timeLeft(run.seconds_left)}
      </p>
      <p>
        {__(
          'You can close this page: the run continues on the server, and the suggestions wait for your review.',
          'altsmith',
        )}
      </p>
      <Outcome run={run} />
      <div className="altsmith-run__actions">
        <Button variant="secondary" aria-disabled={busy} onClick={() => busy || onAct(paused ? 'resume' : 'pause')}>
          {paused ? __('Resume', 'altsmith') : __('Pause', 'altsmith')}
        </Button>
        <Button variant="secondary" isDestructive aria-disabled={busy} onClick={() => busy || onAct('cancel')}>
          {__('Cancel the run', 'altsmith')}
        </Button>
      </div>
    </section>
  );
}

/** What became of the images of a run, with the reasons for those that were left out. */
export function Outcome({ run }: { readonly run: Run }) {
  return (
    <ul className="altsmith-run__outcome">
      <li>
        {/* translators: %d: number of images */}
        {sprintf(_n('%d suggestion', '%d suggestions', run.suggested, 'altsmith'), run.suggested)}
        {run.applied > 0
          ? ` (${sprintf(
              /* translators: %d: number of suggestions */
              _n('%d approved', '%d approved', run.applied, 'altsmith'),
              run.applied,
            )})`
          : ''}
      </li>
      {run.failed > 0 ? (
        <li>
          {/* translators: %d: number of images */}
          {sprintf(_n('%d image failed', '%d images failed', run.failed, 'altsmith'), run.failed)}
        </li>
      ) : null}
      <Reasons reasons={run.skipped} />
    </ul>
  );
}

export function Reasons({ reasons }: { readonly reasons: readonly Reason[] }) {
  return (
    <>
      {reasons.map(({ reason, label, count }) => (
        <li key={reason} data-reason={reason}>
          {sprintf(
            /* translators: 1: number of images, 2: a reason, such as "has an alt text already" */
            _n('%1$d image skipped: %2$s', '%1$d images skipped: %2$s', count, 'altsmith'),
            count,
            label,
          )}
        </li>
      ))}
    </>
  );
}

function timeLeft(seconds: number | null): string {
  if (seconds === null) return __('Estimating the time left…', 'altsmith');
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 1
    ? __('About a minute left.', 'altsmith')
    : /* translators: %d: minutes */
      sprintf(_n('About %d minute left.', 'About %d minutes left.', minutes, 'altsmith'), minutes);
}
