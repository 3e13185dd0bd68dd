import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ErrorReply } from '../contract/error';
import { WorkerClaimReply, type WorkerClaim, type WorkerClaimRequest, type WorkerResult } from '../contract/worker';
import { AppError, isErrorCode } from '../errors';

const TIMEOUT_MS = 30_000;

interface Hold {
  readonly jobId: string;
  readonly token: number;
}

/** The sidecar's side of a worker on another machine. Every call throws the sidecar's own error, or STORAGE_UNAVAILABLE's kin. */
export class WorkerApi {
  readonly #base: string;

  constructor(
    address: string,
    private readonly key: string,
  ) {
    this.#base = address.replace(/\/+$/, '');
  }

  async claim(request: WorkerClaimRequest, signal: AbortSignal): Promise<WorkerClaim | null> {
    const answer = await this.#post('/v1/worker/claim', request, signal);
    return WorkerClaimReply.parse(await answer.json()).claim;
  }

  /** Writes the picture's bytes to a file. */
  async fetchImage({ jobId, token }: Hold, file: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#send('GET', `/v1/worker/jobs/${jobId}/image?token=${token}`, undefined, signal);
    if (answer.body === null) throw new AppError('BODY_MISSING');
    await pipeline(chunksOf(answer.body), createWriteStream(file, { mode: 0o600 }));
  }

  async heartbeat({ jobId, token }: Hold): Promise<void> {
    await this.#post(`/v1/worker/jobs/${jobId}/heartbeat`, { token });
  }

  async finish({ jobId, token }: Hold, result: WorkerResult, thumbnail: Buffer | null): Promise<void> {
    const picture = thumbnail === null ? {} : { thumbnail: thumbnail.toString('base64') };
    await this.#post(`/v1/worker/jobs/${jobId}/finish`, { token, result, ...picture });
  }

  async fail({ jobId, token }: Hold, error: AppError): Promise<void> {
    const { signal } = error.details;
    const how = typeof signal === 'string' ? { signal } : {};
    await this.#post(`/v1/worker/jobs/${jobId}/fail`, { token, code: error.code, ...how });
  }

  async release({ jobId, token }: Hold): Promise<void> {
    await this.#post(`/v1/worker/jobs/${jobId}/release`, { token });
  }

  #post(route: string, body: object, signal?: AbortSignal): Promise<Response> {
    return this.#send('POST', route, JSON.stringify(body), signal);
  }

  async #send(method: string, route: string, body?: string, signal?: AbortSignal): Promise<Response> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(this.#base + route, {
      method,
      // The address is the operator's word; wherever else it leads, the key does not go along.
      redirect: 'error',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      ...(body === undefined ? {} : { body }),
    });
    if (answer.ok) return answer;
    throw await errorOf(answer);
  }
}

async function* chunksOf(body: NonNullable<Response['body']>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

async function errorOf(answer: Response): Promise<AppError> {
  const parsed = ErrorReply.safeParse(await answer.json().catch(() => null));
  const code = parsed.data?.error.code ?? '';
  // Something else answers at this address: a proxy's page, or another program.
  return new AppError(isErrorCode(code) ? code : 'SHUTTING_DOWN', { status: answer.status });
}
