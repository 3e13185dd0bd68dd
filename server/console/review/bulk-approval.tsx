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
import { approvalOf, type Entry } from './entry';
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

/** Approves pictures on the page that are at least this sure, after the person has seen each text in a list. A video's text alternative needs a longer look. */
export function BulkApproval({ entries, by, onApproved, onClose }: BulkProps) {
  const id = useUniqueId();
  const [least, setLeast] = useState(FIRST_LEAST);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const shown = entries.filter(({ suggestion: { confidence, kind } }) => kind === 'image' && confidence >= least);
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
        onInput={(event) => setLeast(Number(event.currentTarget.value))}
      />
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
