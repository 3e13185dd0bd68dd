import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { actOnBackfill, readBackfill, readProgress, sync, toRequestError } from '../shared/api';
import { poll } from '../shared/poll';
import type { FlowStatus } from '../shared/types';
import type { Backfill, Choices, RunAction } from './types';

export interface BackfillState {
  readonly backfill: Backfill | null;
  readonly flow: FlowStatus | null;
  readonly error: string;
  readonly busy: boolean;
  readonly act: (action: RunAction, runId?: string) => Promise<boolean>;
}

/** Reads the state. During a run only its progress is read; after its end, everything. */
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
  /** Number of the person's actions: each restarts the polling at its shortest pause. */
  const [acts, setActs] = useState(0);
  const shown = useRef<Backfill | null>(null);
  shown.current = backfill;

  /**
   * Reads the state; resolves to whether a run goes on. The run itself does not need the screen. `isWanted` is false once the
   * choices are others or a person has acted: the answer to an earlier question is thrown away then.
   */
  const look = useCallback(async (isWanted: () => boolean): Promise<boolean> => {
    try {
      const now = await readAgain(shown.current, choices);
      if (!isWanted()) return false;
      setBackfill(now);
      setLookError('');
      if (now.run === null) return false;
      const { status } = await sync();
      if (!isWanted()) return false;
      setFlow(status);
      // A run writes no text: of the counts only this one changes.
      const pending = (status.counts['pending'] ?? 0) + (status.counts['conflict'] ?? 0);
      setBackfill((known) => known && { ...known, counts: { ...known.counts, pending } });
      return true;
    } catch (thrown) {
      if (isWanted()) setLookError(toRequestError(thrown).message);
      return false;
    }
  }, [choices]);

  useEffect(() => {
    let isWanted = true;
    const end = poll(() => look(() => isWanted));
    return () => {
      isWanted = false;
      end();
    };
  }, [look, acts]);

  const act = async (action: RunAction, runId = '') => {
    setBusy(true);
    try {
      setBackfill(await actOnBackfill(action, choices, runId));
      setActError('');
      setActs((before) => before + 1);
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
