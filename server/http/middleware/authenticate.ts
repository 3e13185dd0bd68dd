import type { Request, RequestHandler, Response } from 'express';
import { isIP } from 'node:net';
import { AppError } from '../../errors';
import type { Principal } from '../principal';
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
    if (access === 'open') {
      next();
      return;
    }
    if (header === undefined && (access === 'loopback' || access === 'operator') && isLocal(request)) {
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
  const from = request.socket.remoteAddress ?? '';
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

/** Straight from this machine: a proxy on this machine speaks for somebody else, and says so in a header. */
export function isLocal(request: Request): boolean {
  const proxied = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].some((name) => name in request.headers);
  return !proxied && isLoopback(request.socket.remoteAddress ?? '');
}

/** Local, and no browser: a page on the web can make a browser on this machine ask for it, but not hide that it did. */
function isLocalProgram(request: Request): boolean {
  const { headers } = request;
  return isLocal(request) && !['origin', 'referer', 'sec-fetch-site'].some((name) => name in headers);
}

export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || plain === 'localhost' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

/** Throws SCOPE_MISSING when the key is good but not for this route. */
export function requireScope(access: Access, principal: Principal | null): void {
  // Whoever comes without a key was let through as a local caller, or not at all.
  if (access === 'open' || access === 'loopback' || (access === 'operator' && principal === null)) return;
  if (access === 'site-or-local' && principal === null) return;
  const needed = access === 'operator' ? 'admin' : access === 'site-or-local' ? 'site' : access;
  if (principal?.scope !== needed) throw new AppError('SCOPE_MISSING');
}
