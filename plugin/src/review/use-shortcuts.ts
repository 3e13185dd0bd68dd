import { useEffect, useRef } from '@wordpress/element';

export type Shortcut = 'j' | 'k' | 'a' | 'e' | 'r' | 'd' | 'u' | '?';

const KEYS: readonly string[] = ['j', 'k', 'a', 'e', 'r', 'd', 'u', '?'];

/** Where letters are text, or a dialog has the floor. */
const ELSEWHERE = 'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"], [role="listbox"]';

function isShortcut(key: string): key is Shortcut {
  return KEYS.includes(key);
}

/** Single letters do something as long as nobody is typing. */
export function useShortcuts(onKey: (key: Shortcut) => void): void {
  const handler = useRef(onKey);
  handler.current = onKey;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      const busy = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
      if (busy || target?.closest(ELSEWHERE) !== null || document.querySelector('.components-modal__frame') !== null) {
        return;
      }
      const key = event.key.toLowerCase();
      if (isShortcut(key)) {
        event.preventDefault();
        handler.current(key);
      }
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
