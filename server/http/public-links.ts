import type { Request, RequestHandler } from 'express';
import type { PublicUrl } from '../public-url';

/** Requests that came under the path of the public address. */
const underPath = new WeakSet<Request>();

/** Where clients find the sidecar: in front of every link it hands out. */
export class PublicLinks {
  constructor(readonly url: PublicUrl | null) {}

  /** What stands before `/v1/…` in a link. Without a setting: the address that this client used, as far as it can be known. */
  base(request: Request): string {
    if (this.url !== null) return this.url.origin + this.url.path;
    return `${request.protocol}://${request.headers.host ?? 'localhost'}`;
  }

  /** The path that links within the same host begin with. */
  get path(): string {
    return this.url?.path ?? '';
  }

  /** Where the cookies of this request belong. Somebody who opens the console on the machine itself has no path. */
  cookiePath(request: Request): string {
    return underPath.has(request) ? `${this.path}/` : '/';
  }

  /** Whether the browser speaks TLS, to us or to a proxy in front. */
  isSecure(request: Request): boolean {
    return request.secure || (this.url?.origin.startsWith('https:') === true && !isAtHome(request));
  }

  /** Takes the public path away, so that everything behind it sees one kind of address; a proxy may have done so before. */
  readonly strip: RequestHandler = (request, response, next) => {
    const { path } = this;
    const rest = path !== '' && request.url.startsWith(path) ? request.url.slice(path.length) : null;
    if (rest === '' || rest?.startsWith('?') === true) {
      // The links of the page are relative, and lead elsewhere without the slash.
      response.redirect(308, `${path}/${rest}`);
      return;
    }
    if (rest?.startsWith('/') === true) {
      underPath.add(request);
      request.url = rest;
    }
    next();
  };
}

/** Straight from this machine, under one of its own names. */
function isAtHome(request: Request): boolean {
  const isForwarded = ['x-forwarded-for', 'x-forwarded-proto', 'forwarded', 'x-real-ip', 'via'].some(
    (name) => name in request.headers,
  );
  return (
    !isForwarded &&
    /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?$/.test(request.headers.host ?? '')
  );
}
