import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { listSuggestions, sync, toRequestError, type ListQuery, type RequestError } from '../shared/api';
import { poll } from '../shared/poll';
import type { FlowStatus, Suggestion } from '../shared/types';

export interface Queue {
  /** null while the first page loads. */
  readonly items: readonly Suggestion[] | null;
  readonly total: number;
  readonly pages: number;
  /** Open suggestions that this person has passed on. */
  readonly passed: number;
  readonly flow: FlowStatus | null;
  readonly error: RequestError | null;
  readonly isLoading: boolean;
  readonly replace: (suggestion: Suggestion) => void;
  readonly remove: (id: string) => void;
  readonly reload: () => Promise<void>;
}

interface Loaded {
  readonly items: readonly Suggestion[];
  readonly total: number;
  readonly pages: number;
  readonly passed: number;
  /** The question this answers; another one means that the page is loading. */
  readonly asked: string;
}

/** The suggestions that a query asks for, kept fresh while the screen is open and visible. */
export function useQueue(query: ListQuery): Queue {
  const asked = JSON.stringify(query);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [flow, setFlow] = useState<FlowStatus | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const latest = useRef({ query, asked });
  latest.current = { query, asked };
  /** Questions are numbered. An answer is old when a later one, or something that was done here, is known by now. */
  const asking = useRef(0);
  const known = useRef(0);

  const load = useCallback(async () => {
    const question = latest.current;
    const number = ++asking.current;
    try {
      const page = await listSuggestions(question.query);
      // An answer to a question that was asked before the latest one is thrown away.
      if (latest.current.asked !== question.asked || number < known.current) return;
      known.current = number;
      setLoaded({ ...page, asked: question.asked });
      setError(null);
    } catch (thrown) {
      if (latest.current.asked === question.asked) setError(toRequestError(thrown));
    }
  }, []);

  /** Whether anything is on its way. */
  const refresh = useCallback(async (): Promise<boolean> => {
    let isMoving = false;
    try {
      const { status } = await sync();
      setFlow(status);
      isMoving = (status.counts['queued'] ?? 0) + (status.counts['sent'] ?? 0) > 0;
    } catch (thrown) {
      setError(toRequestError(thrown));
    }
    await load();
    return isMoving;
  }, [load]);

  useEffect(() => void load(), [load, asked]);
  useEffect(() => poll(refresh), [refresh]);

  const change = (items: (shown: readonly Suggestion[]) => readonly Suggestion[], removed: number) => {
    known.current = ++asking.current;
    setLoaded((now) => now && { ...now, items: items(now.items), total: Math.max(0, now.total - removed) });
  };

  return {
    items: loaded?.items ?? null,
    total: loaded?.total ?? 0,
    pages: loaded?.pages ?? 0,
    passed: loaded?.passed ?? 0,
    flow,
    error,
    isLoading: loaded !== null && loaded.asked !== asked,
    replace: (suggestion) => change((shown) => shown.map((one) => (one.id === suggestion.id ? suggestion : one)), 0),
    remove: (id) => change((shown) => shown.filter((one) => one.id !== id), 1),
    reload: load,
  };
}
