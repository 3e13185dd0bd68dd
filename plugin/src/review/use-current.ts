import { useCallback, useRef, useState } from '@wordpress/element';

/** Which suggestion the keys act on, and where its card is on the page. */
export function useCurrent(items: readonly { readonly id: string }[]) {
  const [current, setCurrent] = useState('');
  const elements = useRef(new Map<string, HTMLElement>());

  const focus = useCallback((id: string) => {
    setCurrent(id);
    const card = elements.current.get(id);
    card?.focus();
    card?.scrollIntoView({ block: 'nearest' });
  }, []);
  const place = useCallback((id: string, element: HTMLElement | null) => {
    if (element === null) elements.current.delete(id);
    else elements.current.set(id, element);
  }, []);
  const elementOf = useCallback((id: string) => elements.current.get(id), []);
  const move = (step: 1 | -1) => {
    const index = items.findIndex((one) => one.id === current);
    const next = items[index === -1 ? (step === 1 ? 0 : items.length - 1) : index + step];
    if (next !== undefined) focus(next.id);
  };

  return { current, setCurrent, focus, move, place, elementOf };
}
