import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, toApiError } from './api-error';

export interface Resource<T> {
  /** The latest good answer; it stays while a newer one is fetched, and when that fails. */
  readonly data: T | null;
  readonly error: ApiError | null;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/**
 * Loads when `key` changes, on `reload`, and every `everyMs` while the page is visible. `load` is given a signal that
 * ends with the component; `key` must name everything `load` depends on.
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  everyMs: number | null = null,
): Resource<T> {
  const [answer, setAnswer] = useState<{ key: string; data: T } | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [isLoading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  const isBusy = useRef(false);
  const latestLoad = useRef(load);
  latestLoad.current = load;

  useEffect(() => {
    const controller = new AbortController();
    setLoading(true);
    isBusy.current = true;
    latestLoad
      .current(controller.signal)
      .then((data) => {
        if (controller.signal.aborted) return;
        setAnswer({ key, data });
        setError(null);
        setLoading(false);
        isBusy.current = false;
      })
      .catch((thrown: unknown) => {
        if (controller.signal.aborted) return;
        setError(toApiError(thrown));
        setLoading(false);
        isBusy.current = false;
      });
    return () => controller.abort();
  }, [key, round]);

  const reload = useCallback(() => setRound((count) => count + 1), []);
  useEffect(() => {
    if (everyMs === null) return undefined;
    const timer = setInterval(() => {
      // A slow answer is waited for, not asked for again.
      if (document.visibilityState === 'visible' && !isBusy.current) reload();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);

  return { data: answer?.key === key ? answer.data : null, error, isLoading, reload };
}
