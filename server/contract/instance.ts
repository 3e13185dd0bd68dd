import { z } from 'zod';
import { Timestamp } from './primitives';

/** What an installation calls itself in the header `Altsmith-Instance`: random, made by itself, never copied by hand. */
export const InstanceId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/, 'must be 8 to 64 letters, digits, dots, hyphens or underscores');

/** The owner's answer when one instance speaks for a second site address. */
export const INSTANCE_ANSWERS = ['moved', 'copy'] as const;

/** Body of `POST /v1/instances/{id}`; the new address stands in the header `Altsmith-Site`. */
export const InstanceAnswer = z.strictObject({
  /** `moved`: the site has a new address and keeps its queue. `copy`: it is another site, and begins with an empty one. */
  answer: z.enum(INSTANCE_ANSWERS),
});
export type InstanceAnswer = z.infer<typeof InstanceAnswer>;

/** One installation. `address` is host and path; null until it has said so. */
export const Instance = z.object({ id: InstanceId, address: z.string().nullable(), created_at: Timestamp });
export type Instance = z.infer<typeof Instance>;

/** Answer of `POST /v1/instances/{id}`: the instance to speak as from now on. */
export const InstanceReply = z.object({ instance: Instance });

/** An installation in the list; the id is null for all clients that send none. */
export const ListedInstance = z.object({ id: InstanceId.nullable(), address: z.string().nullable() });
export type ListedInstance = z.infer<typeof ListedInstance>;
