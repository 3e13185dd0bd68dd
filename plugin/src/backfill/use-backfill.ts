import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { actOnBackfill, readBackfill, readProgress, sync, toRequestError } from '../shared/api';
import type { FlowStatus } from '../shared/types';
import type { Backfill, Choices, RunAction } from './types';

/** How often the open screen looks, in milliseconds. The run itself does not need the screen. */
const REFRESH_MS = 3000;

export interface BackfillState {
  readonly backfill: Backfill | null;
  readonly flow: FlowStatus | null;
  readonly error: string;
  readonly busy: boolean;
  readonly act: (action: RunAction, runId?: string) => Promise<boolean>;
}

/** How it stands now. While a run goes on only its progress is asked for; once it has ended, everything again. */
async function readAgain(known: Backfill | null, choices: Choices): Promise<Backfill> {
  if (known !== null && known.run !== null) {
    const now = { ...known, ...(await readProgress()) };
    if (now.run !== null) return now;
  }
  return readBackfill(choices);
}

/** How the library stands under the given choices, and the run through it. */
export function useBackfill(choices: Choices): BackfillState {
  const [backfill, setBackfill] = useState<Backfill | null>(null);
  const [flow, setFlow] = useState<FlowStatus | null>(null);
  const [lookError, setLookError] = useState('');
  const [actError, setActError] = useState('');
  const [busy, setBusy] = useState(false);
  const alive = useRef(true);
  const isOpen = useCallback(() => alive.current, []);
  const shown = useRef<Backfill | null>(null);
  shown.current = backfill;

  const look = useCallback(async () => {
    try {
      const now = await readAgain(shown.current, choices);
      if (!isOpen()) return;
      setBackfill(now);
      setLookError('');
      if (now.run === null) return;
      const { status } = await sync();
      if (!isOpen()) return;
      setFlow(status);
      // A run writes no text: of the counts only this one changes.
      const pending = (status.counts['pending'] ?? 0) + (status.counts['conflict'] ?? 0);
      setBackfill((known) => known && { ...known, counts: { ...known.counts, pending } });
    } catch (thrown) {
      if (isOpen()) setLookError(toRequestError(thrown).message);
    }
  }, [choices, isOpen]);

  useEffect(() => {
    alive.current = true;
    void look();
    const timer = setInterval(() => document.hidden || void look(), REFRESH_MS);
    return () => {
      alive.current = false;
      clearInterval(timer);
    };
  }, [look]);

  const act = async (action: RunAction, runId = '') => {
    setBusy(true);
    try {
      setBackfill(await actOnBackfill(action, choices, runId));
      setActError('');
      return true;
    } catch (thrown) {
      setActError(toRequestError(thrown).message);
      return false;
    } finally {
      setBusy(false);
    }
  };

  return { backfill, flow, error: actError === '' ? lookError : actError, busy, act };
}
