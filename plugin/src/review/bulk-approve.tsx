import { Button, CheckboxControl, Modal, SelectControl, Spinner } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { decideMany, listSuggestions, toRequestError } from '../shared/api';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import type { Suggestion } from '../shared/types';
import { nameOf } from './suggestion-words';

/** What fits into one look; a second one follows. */
const AT_ONCE = 100;
/** Decisions in one request: each takes a question to the sidecar. */
const CHUNK = 20;
const LEVELS = ['0.5', '0.6', '0.7', '0.8', '0.9'];

interface Props {
  readonly onClose: () => void;
  readonly onDone: (text: string) => void;
}

/** "All above 0.8", with every text shown before the yes. */
export function BulkApprove({ onClose, onDone }: Props) {
  const [level, setLevel] = useState('0.8');
  const [flagged, setFlagged] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [progress, setProgress] = useState<number | null>(null);
  const { found, error, setError } = useCandidates(level);

  const shown = (found ?? []).filter((one) => flagged || one.flags.length === 0);
  const chosen = shown.filter((one) => !left.has(one.id));
  const toggle = (id: string, on: boolean) => {
    const next = new Set(left);
    if (on) next.delete(id);
    else next.add(id);
    setLeft(next);
  };

  const approve = async () => {
    let approved = 0;
    try {
      for (let start = 0; start < chosen.length; start += CHUNK) {
        setProgress(start);
        const results = await decideMany(chosen.slice(start, start + CHUNK).map(approvalOf));
        approved += results.filter((one) => one.suggestion?.state === 'applied').length;
      }
      /* translators: 1: texts that were written, 2: texts that should have been */
      onDone(sprintf(__('%1$d of %2$d texts approved and written.', 'altsmith'), approved, chosen.length));
    } catch (thrown) {
      setError(toRequestError(thrown).message);
      setProgress(null);
    }
  };

  return (
    <Modal title={__('Approve many', 'altsmith')} onRequestClose={onClose} className="altsmith-bulk">
      <SelectControl
        label={__('Confidence of at least', 'altsmith')}
        value={level}
        options={LEVELS.map((value) => ({ value, label: value }))}
        onChange={setLevel}
        {...NO_EXTRA_MARGIN}
      />
      <CheckboxControl
        label={__('Also those with something to look at twice', 'altsmith')}
        checked={flagged}
        onChange={setFlagged}
        {...NO_EXTRA_MARGIN}
      />
      {error === '' ? null : <p className="altsmith-card__message">{error}</p>}
      {found === null && error === '' ? <Spinner /> : null}
      <Candidates items={shown} left={left} onToggle={toggle} />
      <Button
        variant="primary"
        isBusy={progress !== null}
        aria-disabled={progress !== null || chosen.length === 0}
        onClick={() => progress !== null || chosen.length === 0 || void approve()}
      >
        {progress === null
          ? sprintf(
              /* translators: %d: number of texts */
              _n('Approve this %d text', 'Approve these %d texts', chosen.length, 'altsmith'),
              chosen.length,
            )
          : /* translators: 1: done, 2: all */ sprintf(__('%1$d of %2$d…', 'altsmith'), progress, chosen.length)}
      </Button>
    </Modal>
  );
}

/** What is open and sure enough, the surest first; null while it loads. */
function useCandidates(level: string) {
  const [found, setFound] = useState<readonly Suggestion[] | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    let alive = true;
    setFound(null);
    listSuggestions({
      state: ['pending'],
      page: 1,
      per_page: AT_ONCE,
      min_confidence: Number(level),
      orderby: 'confidence',
      order: 'desc',
    }).then(
      (page) => alive && setFound(page.items),
      (thrown: unknown) => alive && setError(toRequestError(thrown).message),
    );
    return () => {
      alive = false;
    };
  }, [level]);
  return { found, error, setError };
}

interface CandidatesProps {
  readonly items: readonly Suggestion[];
  readonly left: ReadonlySet<string>;
  readonly onToggle: (id: string, on: boolean) => void;
}

function Candidates({ items, left, onToggle }: CandidatesProps) {
  return (
    <ul className="altsmith-bulk__list">
      {items.map((one) => (
        <li key={one.id}>
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

export function approvalOf(suggestion: Suggestion) {
  return {
    suggestion_id: suggestion.id,
    action: 'approve',
    version: suggestion.version,
    seen: suggestion.current_alt,
    values: { alt_text: suggestion.suggested_alt, ...suggestion.follows },
  } as const;
}
