import { z } from 'zod';
import { readKey } from './sites/key';

const initialKey = z
  .string()
  .refine(
    (text) => readKey(text) !== null,
    'must be a key such as alt_0123456789abcdef_ and 43 letters, digits, - or _',
  )
  .optional();

/** Settings of the first keys, as a part of Environment in server/config.ts. */
export const KEY_SETTINGS = {
  ALTSMITH_INITIAL_KEY: initialKey.describe(
    'The first site key, given instead of made. Counts while there is no key in the database. operations.md says how to make one.',
  ),
  ALTSMITH_INITIAL_ADMIN_KEY: initialKey.describe('The first admin key. Counts while there is no key in the database.'),
};

/** Keys that the owner has chosen for the first start. */
export interface InitialKeys {
  readonly site: string | null;
  readonly admin: string | null;
}

/** Adds to `problems` when both keys have the same id. */
export function readInitialKeys(
  settings: { readonly [Name in keyof typeof KEY_SETTINGS]?: string | undefined },
  problems: string[],
): InitialKeys {
  const site = settings.ALTSMITH_INITIAL_KEY ?? null;
  const admin = settings.ALTSMITH_INITIAL_ADMIN_KEY ?? null;
  if (site !== null && admin !== null && readKey(site)?.id === readKey(admin)?.id)
    problems.push('ALTSMITH_INITIAL_ADMIN_KEY: must begin otherwise than ALTSMITH_INITIAL_KEY; make one key for each');
  return { site, admin };
}

/** Whether the settings give a key to start with. */
export function hasInitialKey({ site, admin }: InitialKeys): boolean {
  return site !== null || admin !== null;
}
