import { speak } from '@wordpress/a11y';
import { useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { decide, toRequestError, undo } from '../shared/api';
import { applyPlaces, undoPlaces } from '../places/places-api';
import type { Action, Suggestion } from '../shared/types';
import { isOpen, nameOf } from './suggestion-words';
import { useCurrent } from './use-current';
import type { Queue } from './use-queue';

/** The latest thing that was done, for the line that offers to take it back. */
export interface Done {
  readonly suggestion: Suggestion;
  readonly text: string;
  /** The change of posts that came with it; '' for none. */
  readonly changeId: string;
}

export interface Review {
  readonly current: string;
  readonly setCurrent: (id: string) => void;
  readonly move: (step: 1 | -1) => void;
  readonly draftOf: (suggestion: Suggestion) => string;
  readonly setDraft: (id: string, text: string) => void;
  /** Places in posts that get the text as well when the suggestion is approved. */
  readonly setPlaces: (id: string, keys: readonly string[]) => void;
  readonly messageOf: (id: string) => string;
  readonly isBusy: (id: string) => boolean;
  readonly decide: (suggestion: Suggestion, action: Action, reason?: string) => Promise<Suggestion | null>;
  readonly undo: (suggestion: Suggestion) => Promise<void>;
  readonly done: Done | null;
  readonly forgetDone: () => void;
  /** Cards say where they are, so that the focus can be led to them. */
  readonly place: (id: string, element: HTMLElement | null) => void;
  readonly elementOf: (id: string) => HTMLElement | undefined;
}

/** What a person does with the suggestions on the screen: where they are, what they typed, what they decided. */
export function useReview(queue: Queue): Review {
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({});
  const [places, setPlaces] = useState<Readonly<Record<string, readonly string[]>>>({});
  const { messageOf, fail, clear } = useMessages();
  const [busy, setBusy] = useState('');
  const [done, setDone] = useState<Done | null>(null);
  const items = queue.items ?? [];
  const { current, setCurrent, focus, move, place, elementOf } = useCurrent(items);

  const draftOf = (one: Suggestion) => drafts[one.id] ?? one.values?.alt_text ?? one.suggested_alt;
  const setDraft = (id: string, text: string) => setDrafts((now) => ({ ...now, [id]: text }));

  const leave = async (suggestion: Suggestion, now: Suggestion, action: Action) => {
    const { changeId, words } = await updatePlaces(now, places[now.id] ?? []);
    const text = `${DONE[action](nameOf(suggestion))} ${words}`.trim();
    setDone({ suggestion: now, text, changeId });
    speak(text);
    clear(suggestion.id);
    const index = items.findIndex((one) => one.id === suggestion.id);
    const next = items[index + 1] ?? items[index - 1];
    if (next !== undefined) focus(next.id);
    queue.remove(suggestion.id);
  };

  const run = async (suggestion: Suggestion, action: Action, reason = ''): Promise<Suggestion | null> => {
    if (busy !== '' || !isOpen(suggestion)) return null;
    setBusy(suggestion.id);
    try {
      const now = await decide(suggestion.id, {
        action,
        version: suggestion.version,
        seen: suggestion.current_alt,
        ...(action === 'approve' ? { values: { alt_text: draftOf(suggestion), ...suggestion.follows } } : {}),
        ...(reason === '' ? {} : { reason }),
      });
      if (now.state === 'conflict') {
        queue.replace(now);
        speak(__('Not written: somebody changed the alt text in the meantime.', 'altsmith'), 'assertive');
      } else {
        await leave(suggestion, now, action);
      }
      return now;
    } catch (thrown) {
      fail(suggestion.id, thrown);
      if (isLost(thrown)) setDone({ suggestion, text: toRequestError(thrown).message, changeId: '' });
      return null;
    } finally {
      setBusy('');
      void queue.reload();
    }
  };

  const takeBack = async (suggestion: Suggestion): Promise<void> => {
    try {
      const changeId = done?.suggestion.id === suggestion.id ? done.changeId : '';
      if (changeId !== '') await undoPlaces(suggestion.attachment_id, changeId);
      const now = await undo(suggestion.id);
      setDone(null);
      speak(__('Taken back.', 'altsmith'));
      queue.replace(now);
      await queue.reload();
      focus(suggestion.id);
    } catch (thrown) {
      setDone({ suggestion, text: toRequestError(thrown).message, changeId: '' });
      fail(suggestion.id, thrown);
    }
  };

  return {
    current,
    setCurrent,
    move,
    draftOf,
    setDraft,
    setPlaces: (id, keys) => setPlaces((now) => ({ ...now, [id]: keys })),
    messageOf,
    isBusy: (id) => busy === id,
    decide: run,
    undo: takeBack,
    done,
    forgetDone: () => setDone(null),
    place,
    elementOf,
  };
}

/** A suggestion that the sidecar lost leaves the list, and what was said on its card with it. */
const isLost = (thrown: unknown) => toRequestError(thrown).code === 'altsmith_suggestion_lost';

/** What went wrong with each suggestion. */
function useMessages() {
  const [messages, setMessages] = useState<Readonly<Record<string, string>>>({});
  return {
    messageOf: (id: string) => messages[id] ?? '',
    fail: (id: string, thrown: unknown) => {
      const { message } = toRequestError(thrown);
      setMessages((now) => ({ ...now, [id]: message }));
      speak(message, 'assertive');
    },
    clear: (id: string) => setMessages((now) => ({ ...now, [id]: '' })),
  };
}

const DONE: Record<Action, (name: string) => string> = {
  /* translators: %s: name of an image */
  approve: (name) => sprintf(__('“%s”: approved and written.', 'altsmith'), name),
  /* translators: %s: name of an image */
  reject: (name) => sprintf(__('“%s”: rejected.', 'altsmith'), name),
  /* translators: %s: name of an image */
  decorative: (name) => sprintf(__('“%s”: marked as decorative.', 'altsmith'), name),
  /* translators: %s: name of an image */
  reopen: (name) => sprintf(__('“%s”: open again.', 'altsmith'), name),
};

/** The text is in the library by now; a place that cannot be changed does not change that. */
async function updatePlaces(now: Suggestion, keys: readonly string[]): Promise<{ changeId: string; words: string }> {
  if (keys.length === 0 || now.state !== 'applied') return { changeId: '', words: '' };
  try {
    const answer = await applyPlaces(now.attachment_id, keys, now.current_alt);
    const updated = answer.items.filter((item) => item.outcome === 'updated').length;
    /* translators: 1: posts that were changed, 2: posts that should have been */
    const words = sprintf(__('%1$d of %2$d posts updated.', 'altsmith'), updated, answer.items.length);
    return { changeId: answer.change_id, words };
  } catch (thrown) {
    return { changeId: '', words: toRequestError(thrown).message };
  }
}
