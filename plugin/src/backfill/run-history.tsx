import { Button } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { formatTime } from '../shared/format';
import { Outcome } from './run-progress';
import type { Run } from './types';

const STATES: Record<Run['state'], string> = {
  running: __('running', 'altsmith'),
  paused: __('paused', 'altsmith'),
  done: __('complete', 'altsmith'),
  cancelled: __('cancelled', 'altsmith'),
  undone: __('undone', 'altsmith'),
};

interface Props {
  readonly runs: readonly Run[];
  readonly busy: boolean;
  readonly onUndo: (id: string) => void;
}

/** Runs that have ended, each with its table and its undo. */
export function RunHistory({ runs, busy, onUndo }: Props) {
  const [asked, setAsked] = useState('');
  if (runs.length === 0) return null;
  return (
    <section>
      <h2>{__('Earlier runs', 'altsmith')}</h2>
      {runs.map((run) => (
        <article key={run.id} className="altsmith-run" data-run={run.id} data-state={run.state}>
          <h3>
            {formatTime(run.started_at)}: {STATES[run.state]}
          </h3>
          <Outcome run={run} />
          <div className="altsmith-run__actions">
            <Button variant="secondary" href={run.csv_url}>
              {__('Export CSV', 'altsmith')}
            </Button>
            {run.state === 'undone' ? null : asked === run.id ? (
              <>
                <Button
                  variant="primary"
                  isDestructive
                  aria-disabled={busy}
                  onClick={() => {
                    if (!busy) onUndo(run.id);
                    setAsked('');
                  }}
                >
                  {undoQuestion(run.applied)}
                </Button>
                <Button variant="tertiary" onClick={() => setAsked('')}>
                  {__('Cancel', 'altsmith')}
                </Button>
              </>
            ) : (
              <Button variant="tertiary" isDestructive aria-disabled={busy} onClick={() => setAsked(run.id)}>
                {__('Undo this run', 'altsmith')}
              </Button>
            )}
          </div>
        </article>
      ))}
    </section>
  );
}

function undoQuestion(applied: number): string {
  return applied === 0
    ? __('Remove its suggestions', 'altsmith')
    : sprintf(
        /* translators: %d: number of texts */
        _n('Restore %d text', 'Restore %d texts', applied, 'altsmith'),
        applied,
      );
}
