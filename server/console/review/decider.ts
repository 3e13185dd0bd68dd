import type { DecidedBy } from '../../contract/suggestion';
import { useCallback, useState } from 'preact/hooks';
import { useSessions } from '../connection/session';

const NAME = 'altsmith.name';

/** Who the decisions are recorded as. The sidecar keeps no accounts; the name is the person's own word. */
export function useDecider(): { by: DecidedBy; name: string; setName: (name: string) => void } {
  const { site } = useSessions();
  const [name, setName] = useState(() => localStorage.getItem(NAME) ?? '');
  const keep = useCallback((next: string) => {
    localStorage.setItem(NAME, next);
    setName(next);
  }, []);
  const by = { id: `console:${site?.key_id ?? ''}`, name: name.trim() === '' ? 'Console' : name.trim().slice(0, 200) };
  return { by, name, setName: keep };
}
