import { useEffect, useRef, useState } from 'preact/hooks';
import type { RefCallback } from 'preact';
import type { Entry } from './entry';

export interface Current {
  /** The card that the keys act on; null when the list is empty. */
  readonly entry: Entry | null;
  readonly choose: (id: string) => void;
  readonly move: (steps: 1 | -1) => void;
  readonly edit: () => void;
  readonly refOf: (id: string) => RefCallback<HTMLElement>;
  /** Takes the focus once the card is drawn. */
  readonly focusSoon: (id: string) => void;
  /** Remembers who stands after this card (or before, at the end); the returned function gives that one the focus. */
  readonly willFocusSuccessorOf: (entry: Entry) => () => void;
}

export function useCurrent(entries: readonly Entry[]): Current {
  const cards = useRef(new Map<string, HTMLElement>());
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [wantedId, setWantedId] = useState<string | null>(null);
  const at = entries.findIndex((entry) => entry.suggestion.id === chosenId);
  const entry = entries[Math.max(0, at)] ?? null;

  useEffect(() => {
    const card = wantedId === null ? undefined : cards.current.get(wantedId);
    if (card === undefined) return;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: 'nearest' });
    setWantedId(null);
  }, [wantedId, entries]);

  const focusSoon = (id: string) => {
    setChosenId(id);
    setWantedId(id);
  };
  return {
    entry,
    choose: setChosenId,
    focusSoon,
    move: (steps) => {
      // The first J goes to the first card, not past it.
      const target = at === -1 ? entries[0] : entries[at + steps];
      if (target !== undefined) focusSoon(target.suggestion.id);
    },
    edit: () => {
      const field = entry === null ? null : cards.current.get(entry.suggestion.id)?.querySelector('textarea');
      field?.focus();
    },
    refOf: (id) => (element) => {
      if (element === null) cards.current.delete(id);
      else cards.current.set(id, element);
    },
    willFocusSuccessorOf: (decided) => {
      const index = entries.findIndex((one) => one.suggestion.id === decided.suggestion.id);
      const heir = entries[index + 1] ?? entries[index - 1];
      return () => {
        if (heir !== undefined) focusSoon(heir.suggestion.id);
        else document.querySelector('h1')?.focus();
      };
    },
  };
}
