import { useEffect, useState } from 'preact/hooks';

type Listener = (text: string) => void;
const listeners = new Set<Listener>();

/** Says a sentence to people who use a screen reader, after what is being said now. */
export function announce(text: string): void {
  for (const listener of listeners) listener(text);
}

/** The one live region of the page. */
export function Announcer() {
  const [text, setText] = useState('');
  useEffect(() => {
    let isOdd = false;
    const listener = (next: string) => {
      // The same words twice are no change, and would not be read out again: the second time they end in a space.
      isOdd = !isOdd;
      setText(isOdd ? next : `${next}\u00a0`);
    };
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  );
}
