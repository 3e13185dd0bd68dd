import { useCallback, useEffect, useState } from '@wordpress/element';
import { call, toRequestError } from '../shared/api';
import type { Audit, AuditAction } from './types';

export interface AuditState {
  readonly audit: Audit | null;
  readonly error: string;
  readonly busy: boolean;
  readonly act: (action: AuditAction) => Promise<void>;
  readonly show: (page: number) => Promise<void>;
}

/** The latest audit. While one goes on, each answer is followed by the next request; cron goes on without the screen. */
export function useAudit(): AuditState {
  const [audit, setAudit] = useState<Audit | null>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);

  const ask = useCallback(async (request: () => Promise<Audit>) => {
    setBusy(true);
    try {
      setAudit(await request());
      setError('');
    } catch (thrown) {
      setError(toRequestError(thrown).message);
    } finally {
      setBusy(false);
    }
  }, []);
  const page = audit?.page ?? 1;
  const show = useCallback((wanted: number) => ask(() => call<Audit>('GET', `audit?page=${wanted}`)), [ask]);
  const act = useCallback(
    (action: AuditAction) => ask(() => call<Audit>('POST', 'audit', { action, page: action === 'start' ? 1 : page })),
    [ask, page],
  );

  useEffect(() => void show(1), [show]);
  const goesOn = audit?.state === 'running' && !busy && error === '';
  useEffect(() => {
    if (!goesOn) return undefined;
    // A moment for the web server, and for the button that stops it.
    const timer = setTimeout(() => void act('continue'), 300);
    return () => clearTimeout(timer);
  }, [goesOn, act]);

  return { audit, error, busy, act, show };
}
