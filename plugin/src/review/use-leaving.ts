import { useMemo, useRef, useState } from '@wordpress/element';
import type { Suggestion } from '../shared/types';
import { useCurrent } from './use-current';
import type { Queue } from './use-queue';

/** A set of ids that is up to date within one event as well as when it is drawn. */
export function useIds() {
  const now = useRef<ReadonlySet<string>>(new Set());
  const [ids, setIds] = useState(now.current);
  const change = (next: ReadonlySet<string>) => {
    now.current = next;
    setIds(next);
  };
  return {
    ids,
    has: (id: string) => now.current.has(id),
    isAny: () => now.current.size > 0,
    add: (id: string) => change(new Set([...now.current, id])),
    remove: (id: string) => {
      if (now.current.has(id)) change(new Set([...now.current].filter((one) => one !== id)));
    },
  };
}

/** What is on the screen: images whose decision is on its way have left it already, and come back if it fails. */
export function useLeaving(queue: Queue, begin: string) {
  const hidden = useIds();
  const items = useMemo(() => (queue.items ?? []).filter((one) => !hidden.ids.has(one.id)), [queue.items, hidden.ids]);
  const latest = useRef<readonly Suggestion[]>(items);
  latest.current = items;
  const at = useCurrent(items, begin);
  return {
    items,
    at,
    countLeft: () => latest.current.length,
    /** The image leaves the screen, and the one after it has the focus. */
    leave: ({ id }: Suggestion) => {
      const shown = latest.current;
      const index = shown.findIndex((one) => one.id === id);
      const next = shown[index + 1] ?? shown[index - 1];
      if (next !== undefined) at.focus(next.id);
      hidden.add(id);
      latest.current = shown.filter((one) => one.id !== id);
    },
    comeBack: ({ id }: Suggestion) => hidden.remove(id),
    forget: (id: string) => {
      queue.remove(id);
      hidden.remove(id);
    },
  };
}
