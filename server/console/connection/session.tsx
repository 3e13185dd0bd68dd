import type { ConsoleLoginReply, ConsoleSession, ConsoleSessionReply } from '../../contract/console';
import { createContext, type ComponentChildren } from 'preact';
import { useCallback, useContext, useEffect, useMemo, useState } from 'preact/hooks';
import { type ApiError, toApiError } from './api-error';
import { dropPad, keepPad, readPad, type Slot } from './pads';
import { ask, tell } from './request';
import { isText, isTruth, oneOf, orNull, shape } from './shape';

const session = shape<ConsoleSession>({
  slot: oneOf<Slot>({ site: true, admin: true }),
  key_id: isText,
  site: orNull(shape<{ id: string; name: string }>({ id: isText, name: isText })),
  bull_board: isTruth,
});
const isSessionReply = shape<ConsoleSessionReply>({ session });
const isLoginReply = shape<ConsoleLoginReply>({ session, pad: isText });

export interface Sessions {
  readonly site: ConsoleSession | null;
  readonly admin: ConsoleSession | null;
  /** True until the sidecar has said whose log-ins are still good. */
  readonly isLoading: boolean;
  /** Why the sidecar could not be asked; null when it could. */
  readonly error: ApiError | null;
  readonly logIn: (key: string) => Promise<ConsoleSession>;
  readonly logOut: (slot: Slot) => Promise<void>;
  /** The sidecar no longer accepts the key: it was revoked, or it has expired. */
  readonly lose: (slot: Slot) => void;
  readonly retry: () => void;
}

const SessionContext = createContext<Sessions | null>(null);

export function useSessions(): Sessions {
  const sessions = useContext(SessionContext);
  if (sessions === null) throw new Error('useSessions needs a SessionProvider above it');
  return sessions;
}

async function resume(slot: Slot): Promise<ConsoleSession | null> {
  if (readPad(slot) === null) return null;
  try {
    return (await ask('/console/session', isSessionReply, { slot })).session;
  } catch (thrown) {
    const error = toApiError(thrown);
    if (!error.needsKey) throw error;
    dropPad(slot);
    return null;
  }
}

type Held = Readonly<Record<Slot, ConsoleSession | null>>;
const NOBODY: Held = { site: null, admin: null };

export function SessionProvider({ children }: { children: ComponentChildren }) {
  const [held, setHeld] = useState<Held>(NOBODY);
  const [isLoading, setLoading] = useState(true);
  const [error, setError] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    setLoading(true);
    Promise.all([resume('site'), resume('admin')])
      .then(([site, admin]) => {
        setHeld({ site, admin });
        setError(null);
      })
      .catch((thrown: unknown) => setError(toApiError(thrown)))
      .finally(() => setLoading(false));
  }, [attempt]);

  const logIn = useCallback(async (key: string) => {
    const reply = await ask('/console/session', isLoginReply, { method: 'POST', json: { key } });
    keepPad(reply.session.slot, reply.pad);
    setHeld((before) => ({ ...before, [reply.session.slot]: reply.session }));
    return reply.session;
  }, []);
  const lose = useCallback((slot: Slot) => {
    dropPad(slot);
    setHeld((before) => ({ ...before, [slot]: null }));
  }, []);
  const logOut = useCallback(
    async (slot: Slot) => {
      await tell('/console/session', { method: 'DELETE', slot });
      lose(slot);
    },
    [lose],
  );
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  const value = useMemo(
    () => ({ ...held, isLoading, error, logIn, logOut, lose, retry }),
    [held, isLoading, error, logIn, logOut, lose, retry],
  );
  return <SessionContext.Provider value={value}>{children}</SessionContext.Provider>;
}
