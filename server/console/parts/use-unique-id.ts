import { useState } from 'preact/hooks';

let last = 0;

/**
 * An id for this element alone. Preact's own useId counts anew where a part of the page is drawn by itself, and then gives ids that other
 * elements have: a label, or the name of a dialog, is then read from the wrong one.
 */
export function useUniqueId(): string {
  const [id] = useState(() => `id-${(last += 1)}`);
  return id;
}
