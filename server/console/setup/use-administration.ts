import type { AccessKey, NewKeyReply, Site } from '../../contract/admin';
import { useEffect, useState } from 'preact/hooks';
import { isKeyPage, isNewKeyReply, isSitePage } from '../connection/admin-replies';
import { type ApiError, toApiError } from '../connection/api-error';
import { ask, tell } from '../connection/request';
import { useSessions } from '../connection/session';
import { useResource } from '../connection/use-resource';

export interface Administration {
  /** null until they are known. */
  readonly sites: readonly Site[] | null;
  readonly keys: readonly AccessKey[] | null;
  readonly error: ApiError | null;
  readonly reload: () => void;
  /** Does something and shows the lists anew. Gives null where it was refused; the reason is in `error`. */
  readonly act: <T>(deed: () => Promise<T>) => Promise<T | null>;
}

interface Lists {
  readonly sites: readonly Site[];
  readonly keys: readonly AccessKey[];
}

async function loadLists(signal: AbortSignal): Promise<Lists> {
  const [sites, keys] = await Promise.all([
    ask('/v1/admin/sites', isSitePage, { signal }),
    ask('/v1/admin/keys', isKeyPage, { signal }),
  ]);
  return { sites: sites.items, keys: keys.items };
}

export function useAdministration(): Administration {
  const { lose } = useSessions();
  const lists = useResource('administration', loadLists);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const error = refusal ?? lists.error;
  const isLost = error?.needsKey === true;
  useEffect(() => {
    if (isLost) lose('admin');
  }, [isLost, lose]);
  const act = async <T>(deed: () => Promise<T>): Promise<T | null> => {
    try {
      const done = await deed();
      setRefusal(null);
      lists.reload();
      return done;
    } catch (thrown) {
      setRefusal(toApiError(thrown));
      return null;
    }
  };
  return { sites: lists.data?.sites ?? null, keys: lists.data?.keys ?? null, error, reload: lists.reload, act };
}

export function createSite(name: string): Promise<void> {
  return tell('/v1/admin/sites', { method: 'POST', json: { name } });
}

export function renameSite(id: string, name: string): Promise<void> {
  return tell(`/v1/admin/sites/${id}`, { method: 'PATCH', json: { name } });
}

export function createKey(wish: { name: string; scope: AccessKey['scope']; site_id?: string }): Promise<NewKeyReply> {
  return ask('/v1/admin/keys', isNewKeyReply, { method: 'POST', json: wish });
}

export function rotateKey(id: string): Promise<NewKeyReply> {
  return ask(`/v1/admin/keys/${id}/rotate`, isNewKeyReply, { method: 'POST', json: {} });
}

export function revokeKey(id: string): Promise<void> {
  return tell(`/v1/admin/keys/${id}`, { method: 'DELETE' });
}
