import type { DecidedBy } from '../../contract/suggestion';
import { useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { ask } from '../connection/request';
import { isObject, isText, listOf, shape, type Check } from '../connection/shape';
import { announce } from '../parts/announcer';
import { counted } from '../parts/amounts';
import { confidenceInWords } from '../parts/confidence';
import { Dialog } from '../parts/dialog';
import { Failure } from '../parts/failure';
import { isMeasured } from '../parts/confidence';
import { approvalOf, type Entry } from './entry';
import { leastOf, offeredPromises, promiseInWords, useCalibrations } from './promises';
import { useUniqueId } from '../parts/use-unique-id';

interface BulkProps {
  readonly entries: readonly Entry[];
  readonly by: DecidedBy;
  readonly onApproved: (ids: readonly string[]) => void;
  readonly onClose: () => void;
}

interface Outcome {
  readonly suggestion_id: string;
}
const isOutcome: Check<Outcome> = shape<Outcome>({ suggestion_id: isText });
const isReply = shape<{ items: Outcome[] }>({ items: listOf(isOutcome) });

const FIRST_LEAST = 0.8;

/** Approves pictures on the page that are at least this sure, or sure enough for a promise about bad texts, after the person has seen each text in a list. A video's text alternative needs a longer look. */
export function BulkApproval({ entries, by, onApproved, onClose }: BulkProps) {
  const [least, setLeast] = useState(FIRST_LEAST);
  const [promise, setPromise] = useState<number | null>(null);
  const calibrations = useCalibrations();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const shown = entries.filter(({ suggestion: { confidence, kind, model } }) => {
    const from = promise === null ? least : leastOf(calibrations, model, promise);
    // A number that nobody measured lets nothing through.
    return kind === 'image' && from !== null && confidence >= from && (from === 0 || isMeasured(model));
  });
  const promises = offeredPromises(calibrations);
  const chosen = shown.filter((entry) => !left.has(entry.suggestion.id));

  const toggle = (suggestionId: string) => {
    const next = new Set(left);
    if (!next.delete(suggestionId)) next.add(suggestionId);
    setLeft(next);
  };
  const approve = async () => {
    setBusy(true);
    try {
      const decisions = chosen.map((entry) => ({
        suggestion_id: entry.suggestion.id,
        action: 'approve' as const,
        ...approvalOf(entry),
        by,
        version: entry.suggestion.version,
        mode: 'bulk' as const,
        // The list has no pictures.
        displayed: false,
      }));
      const { items } = await ask('/v1/decisions', isReply, { method: 'POST', json: { decisions } });
      const done = items.filter((item) => !(isObject(item) && 'error' in item)).map((item) => item.suggestion_id);
      const refused = items.length - done.length;
      onApproved(done);
      announce(`${done.length} approved.${refused === 0 ? '' : ` ${refused} had been changed by somebody else.`}`);
      onClose();
    } catch (thrown) {
      setError(toApiError(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog title="Approve several" onClose={onClose}>
      <SureChoice least={least} onLeast={setLeast} promises={promises} promise={promise} onPromise={setPromise} />
      {error === null ? null : <Failure error={error} />}
      {shown.length === 0 ? <p>Nothing on this page is that sure.</p> : null}
      <ul class="plain-list bulk" tabIndex={0} aria-label="Texts to approve">
        {shown.map((entry) => (
          <li key={entry.suggestion.id}>
            <label class="row">
              <input
                type="checkbox"
                checked={!left.has(entry.suggestion.id)}
                onChange={() => toggle(entry.suggestion.id)}
              />
              <span class="grow">{entry.draft.alt_text}</span>
              <span class="fine nowrap">
                {confidenceInWords(entry.suggestion.confidence, entry.suggestion.model)}
                {entry.suggestion.model.demonstration ? ' · demonstration' : ''}
              </span>
            </label>
          </li>
        ))}
      </ul>
      <button type="button" class="main" disabled={isBusy || chosen.length === 0} onClick={() => void approve()}>
        Approve {counted(chosen.length, 'text')}
      </button>
    </Dialog>
  );
}

interface SureProps {
  readonly least: number;
  readonly onLeast: (least: number) => void;
  /** Shares of bad texts that can be promised. */
  readonly promises: readonly number[];
  /** Null: a least confidence is chosen. */
  readonly promise: number | null;
  readonly onPromise: (promise: number | null) => void;
}

/** How sure a text must be: by a confidence, or by what the site's decisions promise. */
function SureChoice({ least, onLeast, promises, promise, onPromise }: SureProps) {
  const id = useUniqueId();
  return (
    <>
      {promises.length === 0 ? null : (
        <p>
          <label for={`${id}-promise`}>Approve</label>{' '}
          <select
            id={`${id}-promise`}
            value={promise === null ? '' : String(promise)}
            onChange={(event) => onPromise(event.currentTarget.value === '' ? null : Number(event.currentTarget.value))}
          >
            <option value="">what is at least as sure as below</option>
            {promises.map((one) => (
              <option key={one} value={String(one)}>
                {promiseInWords(one)}
              </option>
            ))}
          </select>
        </p>
      )}
      <label for={id}>
        At least this sure: <output>{Math.round(least * 100)} %</output>
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={least}
        disabled={promise !== null}
        onInput={(event) => onLeast(Number(event.currentTarget.value))}
      />
    </>
  );
}
