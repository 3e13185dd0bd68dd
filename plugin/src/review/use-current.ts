import { useCallback, useRef, useState } from '@wordpress/element';

/** A card that is to get the focus may be drawn a little later than it was asked for; after so long nobody expects it. */
const AWAITED_MS = 3000;

function show(card: HTMLElement): void {
  card.focus();
  // A picture that fills the window begins at the top.
  card.scrollIntoView({ block: card.matches('.altsmith-focus__card') ? 'start' : 'nearest' });
}

/** Which suggestion the keys act on, and where its card is on the page. */
export function useCurrent(items: readonly { readonly id: string }[], begin: string) {
  const [current, setCurrent] = useState(begin);
  const elements = useRef(new Map<string, HTMLElement>());
  const awaited = useRef({ id: '', until: 0 });

  const focus = useCallback((id: string) => {
    setCurrent(id);
    const card = elements.current.get(id);
    awaited.current = card === undefined ? { id, until: Date.now() + AWAITED_MS } : { id: '', until: 0 };
    if (card !== undefined) show(card);
  }, []);
  /** Its card will be another one: that of the view which is about to be drawn. */
  const expect = useCallback((id: string) => {
    setCurrent(id);
    awaited.current = { id, until: Date.now() + AWAITED_MS };
  }, []);
  const place = useCallback((id: string, element: HTMLElement | null) => {
    if (element === null) {
      elements.current.delete(id);
      return;
    }
    elements.current.set(id, element);
    if (awaited.current.id === id && Date.now() < awaited.current.until) show(element);
    if (awaited.current.id === id) awaited.current = { id: '', until: 0 };
  }, []);
  const elementOf = useCallback((id: string) => elements.current.get(id), []);
  /** False where there is none in that direction. */
  const move = (step: 1 | -1): boolean => {
    const index = items.findIndex((one) => one.id === current);
    const next = items[index === -1 ? (step === 1 ? 0 : items.length - 1) : index + step];
    if (next !== undefined) focus(next.id);
    return next !== undefined;
  };

  return { current, setCurrent, focus, expect, move, place, elementOf };
}
