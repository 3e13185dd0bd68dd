import type { AccessKey, AdminSettings, NewKeyReply, Site, SiteChange } from '../../contract/admin';
import type { ModelRef } from '../../contract/primitives';
import { useState } from 'preact/hooks';
import { isAdminSettings, isKeyPage, isNewKeyReply, isSitePage } from '../connection/admin-replies';
import { type ApiError, toApiError } from '../connection/api-error';
import { ask, tell } from '../connection/request';
import { useLoseAdmin } from '../connection/use-admin-resource';
import { useResource } from '../connection/use-resource';
import { loadWorkers } from '../connection/workers';

export interface Administration {
  /** null until they are known. */
  readonly sites: readonly Site[] | null;
  readonly keys: readonly AccessKey[] | null;
  readonly settings: AdminSettings | null;
  /** What the workers caption with; empty where none has been heard of. */
  readonly models: readonly ModelRef[];
  readonly error: ApiError | null;
  readonly reload: () => void;
  /** Does something and shows the lists anew. Gives null where it was refused; the reason is in `error`. */
  readonly act: <T>(action: () => Promise<T>) => Promise<T | null>;
}

interface Lists {
  readonly sites: readonly Site[];
  readonly keys: readonly AccessKey[];
  readonly settings: AdminSettings;
  readonly models: readonly ModelRef[];
}

async function loadLists(signal: AbortSignal): Promise<Lists> {
  const [sites, keys, settings, workers] = await Promise.all([
    ask('/v1/admin/sites', isSitePage, { signal }),
    ask('/v1/admin/keys', isKeyPage, { signal }),
    ask('/v1/admin/settings', isAdminSettings, { signal }),
    loadWorkers(signal),
  ]);
  const models = workers.flatMap(({ model }) => (model === null ? [] : [model]));
  return { sites: sites.items, keys: keys.items, settings, models };
}

export function useAdministration(): Administration {
  const lists = useResource('administration', loadLists);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const error = refusal ?? lists.error;
  useLoseAdmin(error);
  const act = async <T>(action: () => Promise<T>): Promise<T | null> => {
    try {
      const done = await action();
      setRefusal(null);
      lists.reload();
      return done;
    } catch (thrown) {
      setRefusal(toApiError(thrown));
      return null;
    }
  };
  return {
    sites: lists.data?.sites ?? null,
    keys: lists.data?.keys ?? null,
    settings: lists.data?.settings ?? null,
    models: lists.data?.models ?? [],
    error,
    reload: lists.reload,
    act,
  };
}

export function createSite(name: string): Promise<void> {
  return tell('/v1/admin/sites', { method: 'POST', json: { name } });
}

export function changeSite(id: string, change: SiteChange): Promise<void> {
  return tell(`/v1/admin/sites/${id}`, { method: 'PATCH', json: change });
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
