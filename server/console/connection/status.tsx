import type { Status } from '../../contract/status';
import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import { isStatus } from './replies';
import { ask } from './request';
import { useSessions } from './session';
import { useResource, type Resource } from './use-resource';

const StatusContext = createContext<Resource<Status> | null>(null);

const EVERY_MS = 3000;

/** What the sidecar says about itself, kept fresh for every page. Needs a site's log-in. */
export function StatusProvider({ children }: { children: ComponentChildren }) {
  const { site, lose } = useSessions();
  const status = useResource(
    `status ${site?.key_id ?? ''}`,
    (signal) => ask('/v1/status', isStatus, { signal }),
    EVERY_MS,
  );
  const isLost = status.error?.needsKey === true;
  useEffect(() => {
    if (isLost) lose('site');
  }, [isLost, lose]);
  return <StatusContext.Provider value={status}>{children}</StatusContext.Provider>;
}

/** null where nobody has logged in with a site's key. */
export function useStatus(): Resource<Status> | null {
  return useContext(StatusContext);
}
