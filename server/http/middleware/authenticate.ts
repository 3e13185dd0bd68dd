import type { Request, RequestHandler, Response } from 'express';
import { isIP } from 'node:net';
import { AppError } from '../../errors';
import type { Principal } from '../../sites/key-store';
import type { Access } from '../route';
import type { LoginGuard } from './login-guard';

const principals = new WeakMap<Request, Principal>();

/** The owner of the request's key; null on a route that needs none. */
export function principalOf(request: Request): Principal | null {
  return principals.get(request) ?? null;
}

export interface AuthenticateParts {
  readonly checkKey: (key: string) => Principal | null;
  readonly guard: LoginGuard;
  /** Who may call this path; null for a path that no route has. */
  readonly accessOf: (request: Request) => Access | null;
  /** Whether programs on this machine may call `site-or-local` without a key. */
  readonly letLocalIn: boolean;
  /** The key of a request to a face of another API, which may come under another name; undefined for our own. */
  readonly foreignKeyOf: (request: Request) => string | undefined;
}

/**
 * Deny by default: it stands before all routes, and lets a request through without a key only where a route says so.
 * An unknown path asks for a key too, so that nobody can map the server from outside.
 */
export function authenticate(parts: AuthenticateParts): RequestHandler {
  return (request, response, next) => {
    const access = parts.accessOf(request);
    const header = request.headers.authorization;
    if (access === 'open' || (access === 'optional' && header === undefined)) {
      next();
      return;
    }
    const hasKey = header !== undefined || parts.foreignKeyOf(request) !== undefined;
    if (access === 'site-or-local' && parts.letLocalIn && !hasKey && isLocalProgram(request)) {
      next();
      return;
    }
    principals.set(request, identify(parts, request, response));
    next();
  };
}

function identify(parts: AuthenticateParts, request: Request, response: Response): Principal {
  const header = parts.foreignKeyOf(request) ?? request.headers.authorization;
  const from = request.ip ?? '';
  response.setHeader('www-authenticate', 'Bearer realm="altsmith"');
  if (header === undefined) throw new AppError('KEY_MISSING');
  const key = parts.foreignKeyOf(request) ?? /^Bearer +(\S{1,200})$/i.exec(header)?.[1];
  const principal = key === undefined ? null : parts.checkKey(key);
  if (principal === null) {
    // Only after the look-up: a good key is let through however many bad ones came from the same proxy.
    parts.guard.check(from);
    parts.guard.failed(from);
    throw new AppError('KEY_INVALID');
  }
  response.removeHeader('www-authenticate');
  return principal;
}

/** Straight from this machine, as far as that can be seen: a proxy says so in a header, unless it is set up badly. */
function isLocal(request: Request): boolean {
  const proxied = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].some((name) => name in request.headers);
  const host = (request.headers.host ?? '').replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1');
  return !proxied && isLoopback(host) && isLoopback(request.socket.remoteAddress ?? '');
}

/** Local, and no browser: a page on the web can make a browser on this machine ask for it, but not hide that it did. */
function isLocalProgram(request: Request): boolean {
  const { headers } = request;
  return isLocal(request) && !['origin', 'referer', 'sec-fetch-site'].some((name) => name in headers);
}

/** Whether an address, or the name `localhost`, is this machine itself; IPv4 in IPv6 counts. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || plain === 'localhost' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

const SCOPES_OF: Readonly<Record<Exclude<Access, 'open' | 'optional' | 'any'>, readonly Principal['scope'][]>> = {
  operator: ['admin', 'metrics'],
  site: ['site'],
  'site-or-local': ['site'],
  worker: ['worker'],
  admin: ['admin'],
};

/** Throws SCOPE_MISSING when the key is good but not for this route. */
export function requireScope(access: Access, principal: Principal | null): void {
  if (access === 'open' || access === 'optional' || access === 'any') return;
  // Whoever comes without a key was let through as a local program, or not at all.
  if (access === 'site-or-local' && principal === null) return;
  if (principal === null || !SCOPES_OF[access].includes(principal.scope)) throw new AppError('SCOPE_MISSING');
}
