import { z } from 'zod';

/** A whole number within bounds, in decimal digits. */
export const integer = (least: number, most: number) =>
  z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.number().int().min(least).max(most));

/** Settings of what stands between clients and the sidecar, as a part of Environment in server/config.ts. */
export const HTTP_SETTINGS = {
  ALTSMITH_PUBLIC_URL: z
    .string()
    .optional()
    .describe(
      'Address that clients use, such as https://www.example.com/altsmith, when a proxy is in front. Every link begins with it, its name is answered to, and its path is understood.',
    ),
  ALTSMITH_TRUSTED_PROXIES: z
    .string()
    .default('')
    .describe(
      'Addresses or networks of proxies, separated by commas, such as 127.0.0.1,10.0.0.0/8, whose X-Forwarded-For and X-Forwarded-Proto count.',
    ),
  ALTSMITH_MAX_CONNECTIONS: integer(1, 1_000_000)
    .default(1000)
    .describe('Connections at a time. A further one is closed at once, and the log says so.'),
  ALTSMITH_KEEP_ALIVE_S: integer(1, 3600)
    .default(75)
    .describe('Seconds that an idle connection stays open: longer than the proxy in front keeps its own (nginx 60).'),
  ALTSMITH_SITE_RATE: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'must be a number')
    .transform(Number)
    .pipe(z.number().positive().max(10_000))
    .optional()
    .describe('Requests a second of one site; more get 429 with Retry-After. Unset: no limit.'),
};
