import type { Request, Response } from 'express';
import type { PublicLinks } from '../public-links';
import { joinKey } from './split-key';

export type Slot = 'site' | 'admin';

const HEADER = 'x-altsmith-console';
const PRESENTED = /^(site|admin)\.([A-Za-z0-9_-]{1,400})$/;

/** Cookies of one host are shared by all its ports, so the port is in the name: two sidecars stay apart. */
export function cookieName(request: Request, slot: Slot | 'board'): string {
  const [, port] = /:(\d{1,5})$/.exec(request.headers.host ?? '') ?? [];
  return `altsmith_${port ?? 'default'}_${slot}`;
}

/** The value of a cookie; null when the request has none of this name. */
export function cookieOf(request: Request, name: string): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/** Gone when the browser closes; for this host only, and never sent along with a request of another site. */
export function setCookie(request: Request, response: Response, cookie: Cookie): void {
  response.cookie(cookieName(request, cookie.slot), cookie.value, optionsOf(request, cookie.links));
}

export function dropCookie(request: Request, response: Response, { slot, links }: Omit<Cookie, 'value'>): void {
  response.clearCookie(cookieName(request, slot), optionsOf(request, links));
}

export interface Cookie {
  readonly slot: Slot;
  readonly value: string;
  readonly links: PublicLinks;
}

function optionsOf(request: Request, links: PublicLinks) {
  return {
    httpOnly: true,
    sameSite: 'strict',
    path: links.cookiePath(request),
    secure: links.isSecure(request),
  } as const;
}

/** What the console's own page presents beside the cookie; null for every other client. */
export function presentedBy(request: Request): { slot: Slot; pad: string } | null {
  const [, slot, pad] = PRESENTED.exec(request.get(HEADER) ?? '') ?? [];
  return (slot === 'site' || slot === 'admin') && pad !== undefined ? { slot, pad } : null;
}

/**
 * The key that a request of the console stands for: the cookie under the pad of its header. A page of another origin
 * cannot send that header (no CORS answer allows it), and does not know the pad.
 */
export function keyOfConsole(request: Request, links: PublicLinks): string | null {
  const presented = presentedBy(request);
  if (presented === null || !isSameOrigin(request, links)) return null;
  const cookie = cookieOf(request, cookieName(request, presented.slot));
  return cookie === null ? null : joinKey({ cookie, pad: presented.pad });
}

/** By what the browser itself says about the request. Clients that say nothing are no browsers. */
export function isSameOrigin(request: Request, links: PublicLinks): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = request.get('origin');
  if (origin === undefined) return true;
  // A proxy may have put another name into the Host header.
  return origin === links.url?.origin || (URL.canParse(origin) && new URL(origin).host === request.headers.host);
}
