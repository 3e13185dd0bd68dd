import type { IncomingMessage } from 'node:http';

/**
 * The key of a request as clients of other APIs send it: `Authorization` with Bearer, Key or Token, or `X-API-Key`.
 * Undefined when there is none; an empty string when there is something that cannot be a key.
 */
export function foreignKey(request: IncomingMessage): string | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) return /^(?:Bearer|Key|Token) +(\S{1,200})$/i.exec(authorization)?.[1] ?? '';
  const header = request.headers['x-api-key'];
  if (header === undefined) return undefined;
  return typeof header === 'string' && /^\S{1,200}$/.test(header) ? header : '';
}
