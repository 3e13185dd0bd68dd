import { useRef } from '@wordpress/element';

/** Which cards were in the window, at least half of each. */
export function useSeen() {
  const seen = useRef(new Set<string>());
  const idOf = useRef(new WeakMap<Element, string>());
  const watcher = useRef<IntersectionObserver | null>(null);
  return {
    has: (id: string) => seen.current.has(id),
    watch: (id: string, element: HTMLElement | null) => {
      if (element === null || seen.current.has(id)) return;
      watcher.current ??= new IntersectionObserver(
        (entries) => {
          for (const { isIntersecting, target } of entries) {
            const shown = idOf.current.get(target);
            if (!isIntersecting || shown === undefined) continue;
            seen.current.add(shown);
            watcher.current?.unobserve(target);
          }
        },
        { threshold: 0.5 },
      );
      idOf.current.set(element, id);
      watcher.current.observe(element);
    },
  };
}
