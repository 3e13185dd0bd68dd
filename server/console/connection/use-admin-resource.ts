import { useEffect } from 'preact/hooks';
import type { ApiError } from './api-error';
import { useSessions } from './session';
import { useResource, type Resource } from './use-resource';

/** Ends the administrator's log-in where the sidecar says that its key opens nothing any more. */
export function useLoseAdmin(error: ApiError | null): void {
  const { lose } = useSessions();
  const isLost = error?.needsKey === true;
  useEffect(() => {
    if (isLost) lose('admin');
  }, [isLost, lose]);
}

/** Like `useResource`, for what only an administrator's key opens. */
export function useAdminResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  everyMs: number | null = null,
): Resource<T> {
  const resource = useResource(key, load, everyMs);
  useLoseAdmin(resource.error);
  return resource;
}
