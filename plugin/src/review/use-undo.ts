import { speak } from '@wordpress/a11y';
import { useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { undoPlaces } from '../places/places-api';
import { passOn, toRequestError, undo } from '../shared/api';
import type { Suggestion } from '../shared/types';
import { nameOf } from './suggestion-words';
import type { useLeaving } from './use-leaving';
import type { useMessages } from './use-messages';
import type { Queue } from './use-queue';
import type { Done } from './use-review';

/** What was done last: for the line on the screen, and at once for whoever undoes it. */
export function useDone() {
  const [shown, setShown] = useState<Done | null>(null);
  const current = useRef<Done | null>(null);
  return {
    shown,
    now: () => current.current,
    set: (done: Done | null) => {
      current.current = done;
      setShown(done);
    },
  };
}

interface Parts {
  readonly queue: Queue;
  readonly at: ReturnType<typeof useLeaving>['at'];
  readonly messages: ReturnType<typeof useMessages>;
  readonly done: ReturnType<typeof useDone>;
  /** When every decision has its answer. */
  readonly settled: () => Promise<unknown>;
}

export function useUndo({ queue, at, messages, done, settled }: Parts) {
  const takeBack = async (suggestion: Suggestion): Promise<void> => {
    const latest = done.now();
    const last = latest?.suggestion.id === suggestion.id ? latest : null;
    try {
      if (last !== null && last.changeId !== '') await undoPlaces(suggestion.attachment_id, last.changeId);
      if (last?.passed === true) await passOn(suggestion.id, false);
      else queue.replace(await undo(suggestion.id));
      done.set(null);
      speak(__('Undone.', 'altsmith'));
      await queue.reload();
      at.focus(suggestion.id);
    } catch (thrown) {
      done.set({ suggestion, text: toRequestError(thrown).message, changeId: '' });
      messages.fail(suggestion.id, thrown, nameOf(suggestion));
    }
  };
  return {
    undo: takeBack,
    undoLatest: async (chosen: Suggestion | undefined): Promise<void> => {
      await settled();
      const last = done.now()?.suggestion ?? chosen;
      if (last?.can_undo === true) await takeBack(last);
    },
  };
}
