import { speak } from '@wordpress/a11y';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { decideMany, listMatching, toRequestError, type ListQuery } from '../shared/api';
import { formatNumber } from '../shared/format';
import type { Decision, Frozen, Suggestion } from '../shared/types';
import { approvalOf } from './bulk-approve';

/** Decisions in one request to the site. */
const CHUNK = 50;

type Asked = Decision & { readonly suggestion_id: string };

export interface Bulk {
  readonly state: 'idle' | 'collecting' | 'asking' | 'working';
  /** What is worked through: how many, how many of them were displayed, how many are done. */
  readonly all: number;
  readonly displayed: number;
  readonly done: number;
  readonly error: string;
  readonly approve: (chosen: readonly Suggestion[]) => Promise<void>;
  /** Makes the list of everything that matches, and asks before anything is decided. */
  readonly freeze: () => Promise<void>;
  readonly approveFrozen: () => Promise<void>;
  readonly stop: () => void;
}

/** Approves many suggestions, some at a time. What changed since the list was made is refused by the site, one by one. */
export function useBulk(query: ListQuery, seen: ReadonlySet<string>, onDone: (text: string) => void): Bulk {
  const [state, setState] = useState<Bulk['state']>('idle');
  const [frozen, setFrozen] = useState<readonly Frozen[]>([]);
  const [all, setAll] = useState(0);
  const [done, setDone] = useState(0);
  const [error, setError] = useState('');
  const stopped = useRef(false);
  const isStopped = () => stopped.current;
  // Ends with the dialog: without its button nobody could stop it.
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );

  const work = async (decisions: readonly Asked[]) => {
    setState('working');
    setAll(decisions.length);
    stopped.current = false;
    let approved = 0;
    let asked = 0;
    let failure = '';
    try {
      while (asked < decisions.length && !isStopped()) {
        setDone(asked);
        const results = await decideMany(decisions.slice(asked, asked + CHUNK));
        asked += results.length;
        approved += results.filter((one) => one.suggestion?.state === 'applied').length;
      }
    } catch (thrown) {
      failure = toRequestError(thrown).message;
      setError(failure);
      setState('idle');
      if (approved === 0) return;
    }
    const text = sprintf(
      /* translators: 1: texts that were written, 2: texts that should have been */
      __('%1$s of %2$s texts approved.', 'altsmith'),
      formatNumber(approved),
      formatNumber(decisions.length),
    );
    const told = `${text} ${failure}`.trim();
    speak(told);
    onDone(told);
  };

  return {
    state,
    all,
    displayed: frozen.filter((one) => seen.has(one.suggestion_id)).length,
    done,
    error,
    approve: (chosen) => work(chosen.map((one) => approvalOf(one, seen.has(one.id)))),
    freeze: async () => {
      setState('collecting');
      try {
        const found = await listMatching(query, setAll);
        setFrozen(found);
        setAll(found.length);
        setState('asking');
      } catch (thrown) {
        setError(toRequestError(thrown).message);
        setState('idle');
      }
    },
    approveFrozen: () =>
      work(
        frozen.map(({ suggestion_id, version, seen: text }) => ({
          suggestion_id,
          version,
          seen: text,
          action: 'approve',
          mode: 'bulk',
          displayed: seen.has(suggestion_id),
        })),
      ),
    stop: () => {
      stopped.current = true;
      if (state !== 'working') setState('idle');
    },
  };
}
