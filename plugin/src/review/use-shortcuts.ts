import { useEffect, useRef, type RefObject } from '@wordpress/element';
import { GESTURES, type Gesture, type Shortcuts } from './shortcuts';

/** Where letters are no shortcuts: in text fields, dialogs, menus and lists of options. */
const ELSEWHERE = 'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"], [role="listbox"]';

/** Single letters do something while the focus is in the area, nobody is typing, and the person has not switched them off. */
export function useShortcuts(area: RefObject<HTMLElement>, shortcuts: Shortcuts, onGesture: (gesture: Gesture) => void): void {
  const latest = useRef({ shortcuts, onGesture });
  latest.current = { shortcuts, onGesture };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      const busy = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
      const isOurs = target !== null && area.current?.contains(target) === true && target.closest(ELSEWHERE) === null;
      if (busy || !isOurs || !latest.current.shortcuts.on) return;
      const key = event.key.toLocaleLowerCase();
      const gesture = GESTURES.find((one) => latest.current.shortcuts.keys[one] === key);
      if (gesture === undefined) return;
      event.preventDefault();
      // A key that is held down repeats about thirty times a second: it walks, and decides about one image.
      if (!event.repeat || gesture === 'next' || gesture === 'previous') latest.current.onGesture(gesture);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [area]);
}
