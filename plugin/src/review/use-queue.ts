import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { listSuggestions, sync, toRequestError, type RequestError } from '../shared/api';
import type { FlowStatus, Suggestion } from '../shared/types';

/** How often the open screen asks for news, in milliseconds. */
const REFRESH_MS = 4000;
const PER_PAGE = 20;

export interface Queue {
  /** null while the first page loads. */
  readonly items: readonly Suggestion[] | null;
  readonly total: number;
  readonly flow: FlowStatus | null;
  readonly error: RequestError | null;
  readonly replace: (suggestion: Suggestion) => void;
  readonly remove: (id: string) => void;
  readonly reload: () => void;
}

/** The suggestions that wait for a person, kept fresh while the screen is open and visible. */
export function useQueue(attachment: number): Queue {
  const [items, setItems] = useState<readonly Suggestion[] | null>(null);
  const [total, setTotal] = useState(0);
  const [flow, setFlow] = useState<FlowStatus | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const alive = useRef(true);

  const load = useCallback(async () => {
    try {
      const one = attachment > 0;
      const page = await listSuggestions({
        state: one ? ['pending', 'conflict', 'approved', 'applied', 'rejected', 'decorative'] : ['pending', 'conflict'],
        page: 1,
        per_page: PER_PAGE,
        ...(one ? { attachment } : {}),
      });
      if (!alive.current) return;
      // What is on the screen stays where it is, with its edited text; news is added below.
      setItems((shown) => merge(shown ?? [], page.items));
      setTotal(page.total);
      setError(null);
    } catch (thrown) {
      if (alive.current) setError(toRequestError(thrown));
    }
  }, [attachment]);

  const refresh = useCallback(async () => {
    try {
      const reply = await sync();
      if (alive.current) setFlow(reply.status);
    } catch (thrown) {
      if (alive.current) setError(toRequestError(thrown));
    }
    await load();
  }, [load]);

  useEffect(() => {
    alive.current = true;
    void load().then(refresh);
    const timer = setInterval(() => document.hidden || void refresh(), REFRESH_MS);
    return () => {
      alive.current = false;
      clearInterval(timer);
    };
  }, [load, refresh]);

  return {
    items,
    total,
    flow,
    error,
    replace: (suggestion) =>
      setItems((shown) => (shown ?? []).map((one) => (one.id === suggestion.id ? suggestion : one))),
    remove: (id) => {
      setItems((shown) => (shown ?? []).filter((one) => one.id !== id));
      setTotal((count) => Math.max(0, count - 1));
    },
    reload: () => void load(),
  };
}

function merge(shown: readonly Suggestion[], fresh: readonly Suggestion[]): readonly Suggestion[] {
  const byId = new Map(fresh.map((one) => [one.id, one]));
  const kept = shown.flatMap((one) => {
    const now = byId.get(one.id);
    byId.delete(one.id);
    return now === undefined ? [] : [now];
  });
  return [...kept, ...byId.values()];
}
