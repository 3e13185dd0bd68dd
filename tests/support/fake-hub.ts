import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** What goes wrong the next time a file's bytes (or the file itself) are asked for. */
export type Fault =
  /** The connection is cut after that many bytes. */
  | { readonly kind: 'cut'; readonly after: number }
  /** The same, and the signed address has expired by then. */
  | { readonly kind: 'expire'; readonly after: number }
  /** That many bytes are right, the others are not. */
  | { readonly kind: 'wrong'; readonly after: number }
  /** The hub itself answers with this. */
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Range is ignored: the whole file comes again. */
  | { readonly kind: 'no-range' }
  /** Nothing comes after that many bytes, and the connection stays open. */
  | { readonly kind: 'silence'; readonly after: number };

export interface Seen {
  readonly server: 'hub' | 'cdn';
  readonly method: string;
  readonly url: string;
  readonly range: string | null;
  readonly authorization: string | null;
}

export interface HubRepo {
  readonly name: string;
  readonly commit: string;
  /** Laid out as the repository; files of 10 kB and more are "large" and live behind a signed address. */
  readonly folder: string;
}

const LARGE_BYTES = 10_000;

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve(`http://127.0.0.1:${port}`);
    });
  });
}

/**
 * Answers like the Hugging Face hub: `resolve` addresses, 302 to a signed address on another origin for large files, their size
 * and sha256 in the headers of the redirect, git's hash as ETag of small ones, ranges, X-Error-Code. Faults on demand.
 */
export class FakeHub {
  readonly seen: Seen[] = [];
  readonly faults = new Map<string, Fault[]>();
  token: string | null = null;
  /** As the hub does now: first a 307 to an address of its own, with an ETag that is not the file's. */
  viaResolveCache = false;
  /** Another origin (http to https, a mirror's servers) that all requests are sent on to, without a word about the file. */
  movedTo: string | null = null;
  /** At most that many bytes of a large file in that many milliseconds; null: as fast as it goes. */
  pace: { readonly bytes: number; readonly everyMs: number } | null = null;
  /** Told from which byte on a large file is asked for. */
  asked: (file: string, from: number) => void = () => undefined;
  endpoint = '';
  private cdn = '';
  private signature = 0;
  private readonly expired = new Set<string>();
  private readonly servers = [
    createServer((request, response) => this.hubAnswer(request, response)),
    createServer((request, response) => this.cdnAnswer(request, response)),
  ] as const;

  constructor(private readonly repos: readonly HubRepo[]) {}

  async start(): Promise<void> {
    this.endpoint = await listen(this.servers[0]);
    this.cdn = await listen(this.servers[1]);
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  /** The next requests for `file` go wrong, one fault each. */
  fail(file: string, ...faults: Fault[]): void {
    this.faults.set(file, faults);
  }

  private note(server: 'hub' | 'cdn', { method = '', url = '', headers }: IncomingMessage): void {
    this.seen.push({
      server,
      method,
      url,
      range: headers.range ?? null,
      authorization: headers.authorization ?? null,
    });
  }

  private nextFault(file: string, kinds: readonly Fault['kind'][]): Fault | undefined {
    const waiting = this.faults.get(file) ?? [];
    return waiting[0] !== undefined && kinds.includes(waiting[0].kind) ? waiting.shift() : undefined;
  }

  private hubAnswer(request: IncomingMessage, response: ServerResponse): void {
    this.note('hub', request);
    const match = /^(?:\/api\/resolve-cache)?\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(request.url ?? '');
    // Of a branch the latest state that was published.
    const repo = this.repos.findLast(
      ({ name, commit }) => name === match?.[1] && (commit === match[2] || match[2] === 'main'),
    );
    const file = match?.[3] ?? '';
    const fault = this.nextFault(file, ['status']);
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, fault.headers).end();
      return;
    }
    if (this.token !== null && request.headers.authorization !== `Bearer ${this.token}`) {
      response.writeHead(401, { 'x-error-code': 'GatedRepo' }).end();
      return;
    }
    if (this.movedTo !== null) {
      response.writeHead(301, { location: this.movedTo + (request.url ?? ''), 'content-length': 162 }).end();
      return;
    }
    if (this.viaResolveCache && !(request.url ?? '').startsWith('/api/')) {
      const location = `/api/resolve-cache${request.url ?? ''}`;
      response.writeHead(307, { location, etag: `"${'0'.repeat(40)}"`, 'content-length': 278 }).end();
      return;
    }
    if (repo === undefined) {
      response.writeHead(404, { 'x-error-code': match === null ? 'RepoNotFound' : 'RevisionNotFound' }).end();
      return;
    }
    this.answerFile(request, response, { repo, file });
  }

  private answerFile(request: IncomingMessage, response: ServerResponse, at: { repo: HubRepo; file: string }): void {
    const place = path.join(at.repo.folder, at.file);
    const bytes = statSync(place, { throwIfNoEntry: false })?.size;
    if (bytes === undefined) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
      return;
    }
    response.setHeader('x-repo-commit', at.repo.commit);
    if (bytes >= LARGE_BYTES) {
      const location = `${this.cdn}/${at.repo.name}/${at.file}?commit=${at.repo.commit}&signature=${++this.signature}`;
      const hash = createHash('sha256').update(readFileSync(place)).digest('hex');
      response.writeHead(302, { location, 'x-linked-size': bytes, 'x-linked-etag': `"${hash}"` }).end();
      return;
    }
    const content = readFileSync(place);
    const git = createHash('sha1').update(`blob ${bytes}\0`).update(content).digest('hex');
    response.writeHead(200, { etag: `"${git}"`, 'content-length': bytes });
    response.end(request.method === 'HEAD' ? undefined : content);
  }

  private cdnAnswer(request: IncomingMessage, response: ServerResponse): void {
    this.note('cdn', request);
    const url = new URL(request.url ?? '', this.cdn);
    const [, owner, name, ...rest] = url.pathname.split('/');
    const commit = url.searchParams.get('commit');
    const repo = this.repos.find((each) => each.name === `${owner}/${name}` && each.commit === commit);
    const file = rest.join('/');
    const signature = url.searchParams.get('signature') ?? '';
    if (repo === undefined || this.expired.has(signature)) {
      response.writeHead(403, { 'content-type': 'application/xml' }).end('<Error><Code>AccessDenied</Code></Error>');
      return;
    }
    this.send(request, response, { place: path.join(repo.folder, file), file, signature });
  }

  private send(
    request: IncomingMessage,
    response: ServerResponse,
    { place, file, signature }: { place: string; file: string; signature: string },
  ): void {
    const total = statSync(place).size;
    const fault = this.nextFault(file, ['cut', 'expire', 'wrong', 'no-range', 'silence']);
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const from = asked === null || fault?.kind === 'no-range' ? 0 : Number(asked[1]);
    this.asked(file, from);
    if (from > 0) {
      response.writeHead(206, {
        'content-length': total - from,
        'content-range': `bytes ${from}-${total - 1}/${total}`,
      });
    } else {
      response.writeHead(200, { 'content-length': total });
    }
    if (fault === undefined || fault.kind === 'no-range' || fault.kind === 'status') {
      if (this.pace === null) createReadStream(place, { start: from }).pipe(response);
      else this.sendSlowly(response, readFileSync(place).subarray(from));
      return;
    }
    const bytes = readFileSync(place).subarray(from);
    if (fault.kind === 'wrong') {
      response.end(Buffer.concat([bytes.subarray(0, fault.after), Buffer.alloc(bytes.length - fault.after, 7)]));
      return;
    }
    response.write(bytes.subarray(0, fault.after), () => {
      if (fault.kind === 'expire') this.expired.add(signature);
      if (fault.kind !== 'silence') setImmediate(() => response.destroy());
    });
  }

  private sendSlowly(response: ServerResponse, bytes: Buffer): void {
    if (this.pace === null || bytes.length === 0 || response.destroyed) {
      response.end(bytes);
      return;
    }
    const { bytes: step, everyMs } = this.pace;
    response.write(bytes.subarray(0, step));
    setTimeout(() => this.sendSlowly(response, bytes.subarray(step)), everyMs);
  }
}
