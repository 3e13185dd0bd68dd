import type { Request, RequestHandler } from 'express';
import { principalOf } from '../middleware/authenticate';
import type { Admission, Grant } from './admission';

const grants = new WeakMap<Request, Grant>();

/** What a picture takes of memory while it is written to disk piece by piece. */
export const STREAM_BYTES = 128 * 1024;

/** Lets a request's body in, or refuses the request before a byte of its body is read. `memory`: the most it can take. */
export function admitBody(admission: Admission, memory: (request: Request) => number): RequestHandler {
  return (request, response, next) => {
    const grant = admission.admit(principalOf(request)?.keyId ?? 'without a key', memory(request));
    grants.set(request, grant);
    request.once('end', () => {
      grant.arrived();
    });
    response.once('close', () => {
      grant.release();
    });
    next();
  };
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
