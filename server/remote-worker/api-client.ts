import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ErrorReply } from '../contract/error';
import {
  START_HEADER,
  WorkerAnnouncementReply,
  WorkerClaim,
  WorkerNextReply,
  type WorkerAnnouncement,
  type WorkerAnswer,
  type WorkerClaimRequest,
  type WorkerResult,
  type WorkerStartRequest,
} from '../contract/worker';
import { AppError, isErrorCode } from '../errors';

const TIMEOUT_MS = 30_000;
/** A picture may take long over a slow line, as long as something of it comes within this time. */
const STALL_MS = 30_000;

export interface Hold {
  readonly jobId: string;
  readonly token: number;
}

/**
 * The sidecar's side of a worker on another machine. Every call throws the sidecar's own error, or SIDECAR_UNREACHABLE when
 * nothing, or something else, answered.
 */
export class WorkerApi {
  readonly #base: string;

  constructor(
    address: string,
    private readonly key: string,
    private readonly stallMs = STALL_MS,
  ) {
    this.#base = address.replace(/(?<!\/)\/+$/, '');
  }

  async announce(request: WorkerAnnouncement): Promise<WorkerAnnouncementReply> {
    return WorkerAnnouncementReply.parse(await (await this.#post('/v1/worker/announce', request)).json());
  }

  async next(request: WorkerClaimRequest, signal: AbortSignal): Promise<string | null> {
    const answer = await this.#post('/v1/worker/next', request, signal);
    return WorkerNextReply.parse(await answer.json()).job_id;
  }

  /** Begins a job: what is asked, and its picture, which is still to be saved. Null when it cannot begin now. */
  async start(jobId: string, request: WorkerStartRequest): Promise<{ claim: WorkerClaim; picture: Response } | null> {
    try {
      const picture = await this.#postForBody(`/v1/worker/jobs/${jobId}/start`, request);
      const said = Buffer.from(picture.headers.get(START_HEADER) ?? '', 'base64url').toString();
      return { claim: WorkerClaim.parse(JSON.parse(said)), picture };
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'START_REFUSED') return null;
      throw thrown;
    }
  }

  /** Writes the bytes of a picture to a file. Throws IMAGE_TRANSFER_FAILED when they stop coming, or are others than those of the hash. */
  async save(
    picture: Response,
    { file, sha256 }: { file: string; sha256: string },
    signal: AbortSignal,
  ): Promise<void> {
    const stall = new AbortController();
    let timer = setTimeout(() => stall.abort(), this.stallMs);
    const goesOn = () => {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(), this.stallMs);
    };
    try {
      if (picture.body === null) throw new AppError('IMAGE_TRANSFER_FAILED');
      const own = AbortSignal.any([stall.signal, signal]);
      const hash = createHash('sha256');
      const chunks = chunksOf(picture.body, (chunk) => {
        goesOn();
        if (chunk !== undefined) hash.update(chunk);
      });
      await pipeline(chunks, createWriteStream(file, { mode: 0o600 }), { signal: own });
      if (hash.digest('hex') !== sha256) throw new AppError('IMAGE_TRANSFER_FAILED');
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const isOfTheLine = isUnreachable(thrown) || stall.signal.aborted || thrown instanceof TypeError;
      throw isOfTheLine ? new AppError('IMAGE_TRANSFER_FAILED', {}, { cause: thrown }) : thrown;
    } finally {
      clearTimeout(timer);
    }
  }

  async heartbeat({ jobId, token }: Hold): Promise<void> {
    await this.#post(`/v1/worker/jobs/${jobId}/heartbeat`, { token });
  }

  async finish({ jobId, token }: Hold, result: WorkerResult | WorkerAnswer, thumbnail: Buffer | null): Promise<void> {
    const picture = thumbnail === null ? {} : { thumbnail: thumbnail.toString('base64') };
    await this.#post(`/v1/worker/jobs/${jobId}/finish`, { token, result, ...picture });
  }

  /** `well`: a picture of the worker's own went well after the failure. */
  async fail({ jobId, token }: Hold, error: AppError, well: boolean): Promise<void> {
    const { signal } = error.details;
    const how = typeof signal === 'string' ? { signal } : {};
    await this.#post(`/v1/worker/jobs/${jobId}/fail`, { token, code: error.code, well, ...how });
  }

  async release({ jobId, token }: Hold): Promise<void> {
    await this.#post(`/v1/worker/jobs/${jobId}/release`, { token });
  }

  #post(route: string, body: object, signal?: AbortSignal): Promise<Response> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    return this.#send(route, body, signal === undefined ? timeout : AbortSignal.any([timeout, signal]));
  }

  /** For an answer whose body may take longer than its beginning. */
  async #postForBody(route: string, body: object): Promise<Response> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
    try {
      return await this.#send(route, body, late.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  async #send(route: string, body: object, signal: AbortSignal): Promise<Response> {
    const answer = await fetch(this.#base + route, {
      method: 'POST',
      // The key is sent only to the address that the operator has set.
      redirect: 'error',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    }).catch((cause: unknown) => {
      throw signal.aborted ? cause : new AppError('SIDECAR_UNREACHABLE', {}, { cause });
    });
    if (answer.ok) return answer;
    throw await errorOf(answer);
  }
}

/** True for an error that says nothing about the request: the sidecar restarts, or a proxy answers in its place. */
export function isUnreachable(thrown: unknown): boolean {
  if (!(thrown instanceof AppError)) return thrown instanceof Error && thrown.name === 'TimeoutError';
  return thrown.status === 503 || thrown.code === 'RATE_LIMITED';
}

async function* chunksOf(
  body: NonNullable<Response['body']>,
  came: (chunk: Uint8Array | undefined) => void,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    came(value);
    if (done) return;
    yield value;
  }
}

async function errorOf(answer: Response): Promise<AppError> {
  const parsed = ErrorReply.safeParse(await answer.json().catch(() => null));
  const code = parsed.data?.error.code ?? '';
  // Something else answers at this address: a proxy's page, or another program.
  return new AppError(isErrorCode(code) ? code : 'SIDECAR_UNREACHABLE', { status: answer.status });
}
