import { z } from 'zod';
import { Id } from './primitives';

/** Body of `POST /console/session`: the person's own key, once. */
export const ConsoleLogin = z.strictObject({ key: z.string().trim().min(1).max(200) });
export type ConsoleLogin = z.infer<typeof ConsoleLogin>;

/** Who is at the console. A browser can hold one key of each kind: `site` to work with, `admin` to administer. */
export const ConsoleSession = z.object({
  slot: z.enum(['site', 'admin']),
  key_id: Id,
  /** null for an administrator, whose key belongs to no site. */
  site: z.object({ id: Id, name: z.string() }).nullable(),
  /** Whether bull-board can be opened: for administrators of a sidecar that uses Bull. */
  bull_board: z.boolean(),
});
export type ConsoleSession = z.infer<typeof ConsoleSession>;

/** Body of `POST /console/bull-board/visit`. */
export const ConsoleBoardVisit = z.strictObject({
  /** Path of the console as the browser sees it, which only the browser knows behind some proxies. */
  path: z
    .string()
    .max(200)
    .regex(/^\/(?:[\w.~%-]+\/)*$/),
});

/** Its answer: where bull-board is now open to this browser. */
export const ConsoleBoardReply = z.object({ path: z.string() });
export type ConsoleBoardReply = z.infer<typeof ConsoleBoardReply>;

/** Answer of `GET /console/session`. */
export const ConsoleSessionReply = z.object({ session: ConsoleSession });
export type ConsoleSessionReply = z.infer<typeof ConsoleSessionReply>;

/** Answer of `POST /console/session`. `pad` is the page's half of the key; the cookie holds the other. */
export const ConsoleLoginReply = ConsoleSessionReply.extend({ pad: z.string() });
export type ConsoleLoginReply = z.infer<typeof ConsoleLoginReply>;
