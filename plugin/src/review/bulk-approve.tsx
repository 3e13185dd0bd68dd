import { Button, CheckboxControl, Modal, SelectControl, Spinner } from '@wordpress/components';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { listSuggestions, toRequestError, type ListQuery } from '../shared/api';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import { formatNumber } from '../shared/format';
import type { Suggestion } from '../shared/types';
import { BulkProgress } from './bulk-progress';
import { confidenceWords, nameOf } from './suggestion-words';
import { useBulk } from './use-bulk';

/** What fits into one look. */
const AT_ONCE = 100;
const LEVELS = ['0', '0.5', '0.6', '0.7', '0.8', '0.9'];

interface Props {
  /** What the list is narrowed to. */
  readonly query: ListQuery;
  /** What the list shows now. */
  readonly items: readonly Suggestion[];
  readonly onClose: () => void;
  readonly onDone: (text: string) => void;
}

/** Approves many at once: those on this page, or all that match. Says how many of them the person has seen. */
export function BulkApprove({ query, items, onClose, onDone }: Props) {
  // A level is offered only where the confidence of a model was measured.
  const isMeasured = items.some(({ model }) => model.calibrated);
  const [level, setLevel] = useState(isMeasured ? '0.8' : '0');
  const [flagged, setFlagged] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const wanted = { ...query, state: ['pending'], min_confidence: Number(level) };
  const { found, total, error } = useCandidates(wanted);
  const seen = useRef(new Set<string>());
  const bulk = useBulk(wanted, seen.current, onDone);

  // A number that nobody measured lets nothing through.
  const known = (found ?? []).filter(({ model }) => level === '0' || model.calibrated);
  // A video is approved by itself.
  const shown = known.filter((one) => one.kind === 'image' && (flagged || one.flags.length === 0));
  const chosen = shown.filter((one) => !left.has(one.id));
  const toggle = (id: string, on: boolean) => {
    setLeft(new Set(on ? [...left].filter((one) => one !== id) : [...left, id]));
  };
  const idle = bulk.state === 'idle';

  return (
    <Modal title={__('Approve many', 'altsmith')} onRequestClose={() => (bulk.state === 'working' ? bulk.stop() : onClose())} className="altsmith-bulk">
      {idle ? (
        <>
          {isMeasured ? (
            <SelectControl
              label={__('Confidence of at least', 'altsmith')}
              value={level}
              options={LEVELS.map((value) => ({ value, label: value === '0' ? __('Any', 'altsmith') : confidenceWords(Number(value)) }))}
              onChange={setLevel}
              {...NO_EXTRA_MARGIN}
            />
          ) : null}
          <CheckboxControl
            label={__('Include suggestions with notes', 'altsmith')}
            checked={flagged}
            onChange={setFlagged}
            {...NO_EXTRA_MARGIN}
          />
        </>
      ) : null}
      {error === '' && bulk.error === '' ? null : <p className="altsmith-card__message">{bulk.error === '' ? error : bulk.error}</p>}
      {found === null && error === '' ? <Spinner /> : null}
      {idle && found !== null && shown.length === 0 ? <p>{__('No text matches what is chosen above.', 'altsmith')}</p> : null}
      {idle ? (
        <>
          <Candidates items={shown} left={left} onToggle={toggle} onSeen={(id) => seen.current.add(id)} />
          <div className="altsmith-card__actions">
            <Button
              variant="primary"
              aria-disabled={chosen.length === 0}
              onClick={() => chosen.length === 0 || void bulk.approve(chosen)}
            >
              {sprintf(
                /* translators: %s: number of texts */
                _n('Approve %s text', 'Approve %s texts', chosen.length, 'altsmith'),
                formatNumber(chosen.length),
              )}
            </Button>
            {flagged && total > AT_ONCE && known.length === found?.length ? (
              <Button variant="secondary" onClick={() => void bulk.freeze()}>
                {sprintf(
                  /* translators: %s: number of texts */
                  __('Approve all that match (%s)…', 'altsmith'),
                  formatNumber(total),
                )}
              </Button>
            ) : null}
          </div>
          {!flagged && total > AT_ONCE ? (
            <p>
              {sprintf(
                /* translators: %s: number of texts */
                __('%s match in all, those with notes included. To approve all of them, include suggestions with notes.', 'altsmith'),
                formatNumber(total),
              )}
            </p>
          ) : null}
        </>
      ) : (
        <BulkProgress bulk={bulk} />
      )}
    </Modal>
  );
}

/** What is open and sure enough, the surest first; null while it loads. */
function useCandidates(query: ListQuery) {
  const [found, setFound] = useState<readonly Suggestion[] | null>(null);
  const [total, setTotal] = useState(0);
  const [error, setError] = useState('');
  const asked = JSON.stringify(query);
  useEffect(() => {
    let alive = true;
    setFound(null);
    listSuggestions({ ...query, page: 1, per_page: AT_ONCE, orderby: 'confidence', order: 'desc' }).then(
      (page) => {
        if (!alive) return;
        setFound(page.items);
        setTotal(page.total);
      },
      (thrown: unknown) => alive && setError(toRequestError(thrown).message),
    );
    return () => {
      alive = false;
    };
    // `query` is another object each time; `asked` says whether it is the same.
  }, [asked]);
  return { found, total, error };
}

interface CandidatesProps {
  readonly items: readonly Suggestion[];
  readonly left: ReadonlySet<string>;
  readonly onToggle: (id: string, on: boolean) => void;
  readonly onSeen: (id: string) => void;
}

function Candidates({ items, left, onToggle, onSeen }: CandidatesProps) {
  const list = useRef<HTMLUListElement>(null);
  const latest = useRef(onSeen);
  latest.current = onSeen;
  // A line that was never scrolled to was not displayed.
  useEffect(() => {
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries)
          if (isIntersecting && target instanceof HTMLElement) latest.current(target.dataset['id'] ?? '');
      },
      { root: list.current, threshold: 0.5 },
    );
    for (const line of list.current?.children ?? []) watcher.observe(line);
    return () => watcher.disconnect();
  }, [items]);
  return (
    <ul className="altsmith-bulk__list" ref={list}>
      {items.map((one) => (
        <li key={one.id} data-id={one.id}>
          {one.thumbnail === null ? null : <img src={one.thumbnail.url} alt="" loading="lazy" />}
          <CheckboxControl
            label={one.suggested_alt}
            help={nameOf(one)}
            checked={!left.has(one.id)}
            onChange={(on) => onToggle(one.id, on)}
            {...NO_EXTRA_MARGIN}
          />
        </li>
      ))}
    </ul>
  );
}

/** The approval of a suggestion as it is, or with the text that a person made of it. */
export function approvalOf(suggestion: Suggestion, displayed: boolean, text = suggestion.suggested_alt) {
  return {
    suggestion_id: suggestion.id,
    action: 'approve',
    version: suggestion.version,
    seen: suggestion.current_alt,
    values: { alt_text: text, ...suggestion.follows },
    mode: 'bulk',
    displayed,
  } as const;
}
