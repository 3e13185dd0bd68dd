import { Notice, Spinner } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { FlowNotice } from '../review/flow-notice';
import { formatNumber } from '../shared/format';
import { RunHistory } from './run-history';
import { RunProgress } from './run-progress';
import { Spreadsheet } from './spreadsheet';
import { StartForm } from './start-form';
import { TranslateExisting } from './translate-existing';
import { ALL_IMAGES, type Backfill, type Choices, type RunAction } from './types';
import { useBackfill } from './use-backfill';

const SPOKEN: Record<RunAction, string> = {
  start: __('The run has started.', 'altsmith'),
  pause: __('The run is paused.', 'altsmith'),
  resume: __('The run continues.', 'altsmith'),
  cancel: __('The run is cancelled. Its suggestions stay.', 'altsmith'),
  undo: __('The run is being undone.', 'altsmith'),
};

/** Default limit of the first run, in images. */
const PILOT = 20;

/** Media → Existing images. */
export function BackfillScreen() {
  const [choices, setChoices] = useState<Choices>(ALL_IMAGES);
  const [spoken, setSpoken] = useState('');
  const { backfill, flow, error, busy, act } = useBackfill(choices);

  // The first run is small, so that a person reads some texts before they request the rest.
  const isFirst = backfill !== null && backfill.run === null && backfill.history.length === 0;
  useEffect(() => {
    if (isFirst) setChoices((now) => ({ ...now, limit: PILOT }));
  }, [isFirst]);

  const run = async (action: RunAction, runId?: string) => {
    if (await act(action, runId)) setSpoken(SPOKEN[action]);
  };

  return (
    <div className="altsmith-backfill">
      {!window.altsmith.configured || (flow !== null && flow.problem !== null) ? <FlowNotice flow={flow} /> : null}
      <div className="screen-reader-text" role="status" aria-live="polite">
        {spoken}
      </div>
      {error === '' ? null : (
        <Notice status="error" isDismissible={false}>
          {error}
        </Notice>
      )}
      {backfill === null ? (
        error === '' ? (
          <p>
            <Spinner /> {__('Counting images…', 'altsmith')}
          </p>
        ) : null
      ) : (
        <>
          <Counts counts={backfill.counts} />
          {backfill.run === null ? (
            <StartForm
              preview={backfill.preview}
              choices={choices}
              busy={busy}
              isFirst={isFirst}
              onChoose={setChoices}
              onStart={() => void run('start')}
            />
          ) : (
            <RunProgress run={backfill.run} busy={busy} onAct={(action) => void run(action, backfill.run?.id)} />
          )}
          <TranslateExisting />
          <Spreadsheet />
          <RunHistory runs={backfill.history} busy={busy} onUndo={(id) => void run('undo', id)} />
        </>
      )}
    </div>
  );
}

function Counts({ counts }: { readonly counts: Backfill['counts'] }) {
  const shown: readonly (readonly [string, number])[] = [
    [__('Images', 'altsmith'), counts.total],
    [__('With alt text', 'altsmith'), counts.with_text],
    [__('Missing', 'altsmith'), counts.missing],
    [__('Decorative', 'altsmith'), counts.decorative],
    [__('Needs review', 'altsmith'), counts.pending],
  ];
  return (
    <dl className="altsmith-counts">
      {shown.map(([label, count]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{formatNumber(count)}</dd>
        </div>
      ))}
    </dl>
  );
}
