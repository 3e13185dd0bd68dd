import { z } from 'zod';

/** Body of `POST /v1/pairings`. */
export const PairingRequest = z.strictObject({
  /** Name of the key that the code is exchanged for, as the list of keys shows it. */
  name: z.string().trim().min(1).max(200).default('WordPress'),
  /** The site, for an administrator's key; a site's key makes codes for its own site. */
  site_id: z.string().min(1).max(64).optional(),
});

/** A one-time code. */
export const PairingReply = z.object({
  pairing: z.object({
    code: z.string(),
    expires_in_seconds: z.number().int(),
    site: z.object({ id: z.string(), name: z.string() }),
    /** Address of the sidecar, for the other field. */
    address: z.string(),
  }),
});
export type PairingReply = z.infer<typeof PairingReply>;

/** What a code is exchanged for, once. */
export const ClaimedPairing = z.object({
  key: z.string(),
  site: z.object({ id: z.string(), name: z.string() }),
});
