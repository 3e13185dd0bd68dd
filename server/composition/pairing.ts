import { LoginGuard } from '../http/middleware/login-guard';
import { Pairings } from '../sites/pairings';
import { AppError } from '../errors';
import type { Stores } from './stores';

/** One-time codes, and the keys they are exchanged for. */
export function buildPairings({ sites, keys, audit, storage }: Stores): Pairings {
  const now = () => performance.now();
  return new Pairings({
    now,
    slow: new LoginGuard(now),
    makeKey: ({ siteId, name, madeBy }) =>
      storage.transaction(() => {
        // The site may have been erased since.
        if (sites.get(siteId) === null) throw new AppError('PAIRING_UNKNOWN');
        const { id, text } = keys.create({ scope: 'site', siteId, name });
        audit.append({ keyId: madeBy, action: 'POST /v1/pairings/{code}', target: id, details: { name } });
        return text;
      }),
  });
}
