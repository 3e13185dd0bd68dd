import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { sync, toRequestError, type RequestError } from './api';
import { isUnderWay, readAttachment, requestSuggestion, type AttachmentState } from './attachment-api';

/** First and longest pause between two looks at an image that is being described, in milliseconds. */
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 10_000;

export interface AttachmentHandle {
  readonly state: AttachmentState | null;
  readonly error: RequestError | null;
  readonly busy: boolean;
  /** Asks for a suggestion. Gives the image's state afterwards; null when that failed or the block is gone. */
  readonly generate: () => Promise<AttachmentState | null>;
  readonly reload: () => Promise<void>;
  /** What an answer of another route said about the image. */
  readonly put: (state: AttachmentState) => void;
}

/** One image of the library for as long as its block is selected: read, asked for, and watched while it is described. */
export function useAttachment(id: number): AttachmentHandle {
  const [state, setState] = useState<AttachmentState | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const [busy, setBusy] = useState(false);
  const life = useRef(new AbortController());

  const take = useCallback(
    async (ask: (signal: AbortSignal) => Promise<AttachmentState>): Promise<AttachmentState | null> => {
      const { signal } = life.current;
      try {
        const next = await ask(signal);
        if (signal.aborted) return null;
        setState(next);
        setError(null);
        return next;
      } catch (thrown) {
        if (!signal.aborted) setError(toRequestError(thrown));
        return null;
      }
    },
    [],
  );

  useEffect(() => {
    life.current = new AbortController();
    setState(null);
    setError(null);
    void take((signal) => readAttachment(id, signal));
    return () => life.current.abort();
  }, [id, take]);

  useWatch(state, () => void take((signal) => readAttachment(id, signal)));

  return {
    state,
    error,
    busy,
    generate: async () => {
      setBusy(true);
      try {
        return await take((signal) => requestSuggestion(id, signal));
      } finally {
        setBusy(false);
      }
    },
    put: setState,
    reload: async () => {
      await take((signal) => readAttachment(id, signal));
    },
  };
}

/** While the image is on its way: nudge the site to ask the sidecar, then look again, less and less often. */
function useWatch(state: AttachmentState | null, look: () => void): void {
  const pause = useRef(FIRST_PAUSE);
  useEffect(() => {
    if (state === null || !isUnderWay(state.status)) {
      pause.current = FIRST_PAUSE;
      return undefined;
    }
    const timer = window.setTimeout(() => {
      pause.current = Math.min(LONGEST_PAUSE, pause.current * 1.5);
      // Refused for people who may not review; cron brings the suggestion then.
      void sync().then(look, look);
    }, pause.current);
    return () => window.clearTimeout(timer);
    // A new state, though it says the same, is a reason to wait once more; `look` is another function each time.
  }, [state]);
}
