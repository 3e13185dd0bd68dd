import type { Request, RequestHandler } from 'express';
import { guarded } from '../../background';
import { principalOf } from '../middleware/authenticate';
import type { Admission, BodySize, Grant } from './admission';

const grants = new WeakMap<Request, Grant>();

/** What a picture takes of memory while it is written to disk piece by piece. */
export const STREAM_BYTES = 128 * 1024;

/** Lets a request's body in, or refuses the request before a byte of its body is read. `size`: the most it can take. */
export function admitBody(
  admission: Admission,
  size: (request: Request) => BodySize,
  failed: (error: unknown) => void,
): RequestHandler {
  return (request, response, next) => {
    const principal = principalOf(request);
    const grant = admission.admit(ownerOf(principal?.siteId ?? principal?.keyId ?? null), size(request));
    grants.set(request, grant);
    request.once(
      'end',
      guarded(() => grant.arrived(), failed),
    );
    response.once(
      'close',
      guarded(() => grant.release(), failed),
    );
    next();
  };
}

/** Whose share a body takes: a site has one, however many keys it makes. */
export function ownerOf(siteOrKey: string | null): string {
  return siteOrKey ?? 'without a key';
}

/** The body has been read, and `bytes` of it stay in memory until the answer is sent. */
export function bodyTakes(request: Request, bytes: number): void {
  grants.get(request)?.shrink(bytes);
}

/** The length a client announced, or `most` when it announced none or more. */
export function announcedBytes(request: Request, most: number): number {
  const announced = Number(request.headers['content-length'] ?? Number.NaN);
  return Number.isNaN(announced) ? most : Math.min(announced, most);
}
