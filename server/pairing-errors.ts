import type { CatalogueEntry } from './start-errors';

/** Errors of connecting a CMS with a one-time code, as a part of the catalogue in server/errors.ts. */
export const PAIRING_ERRORS = {
  PAIRING_UNKNOWN: {
    status: 404,
    message:
      'This code is not one of this sidecar’s; compare it with the screen that shows it, or make a new one there.',
    retryable: false,
  },
  PAIRING_USED: { status: 410, message: 'This code was used already; make a new one.', retryable: false },
  PAIRING_EXPIRED: { status: 410, message: 'This code is older than ten minutes; make a new one.', retryable: false },
} as const satisfies Record<string, CatalogueEntry>;
