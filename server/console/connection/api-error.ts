import { isObject } from './shape';

/** A refusal of the sidecar, or its silence. The message is a sentence for the person at the screen. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** A code of the error catalogue, or one of `SIDECAR_DOWN` and `REPLY_UNEXPECTED`, which only a client can see. */
    readonly code: string,
    message: string,
    readonly facts: {
      readonly status?: number;
      readonly retryable?: boolean;
      readonly requestId?: string | null;
      readonly retryAfterSeconds?: number | null;
    } = {},
  ) {
    super(message);
  }

  get isDown(): boolean {
    return this.code === 'SIDECAR_DOWN';
  }

  get needsKey(): boolean {
    return this.code === 'KEY_MISSING' || this.code === 'KEY_INVALID';
  }

  get needsScope(): boolean {
    return this.code === 'SCOPE_MISSING';
  }
}

export function sidecarDown(): ApiError {
  return new ApiError('SIDECAR_DOWN', 'The sidecar does not answer. It may be stopped, or still starting.', {
    retryable: true,
  });
}

export function unexpectedReply(path: string): ApiError {
  return new ApiError(
    'REPLY_UNEXPECTED',
    `The sidecar answered ${path} in a form that this page does not know. Reload the page; the two may differ in version.`,
  );
}

/** The error of an answer with an error status, whatever its body. */
export function errorOfAnswer(response: Response, body: unknown): ApiError {
  const inner = isObject(body) && isObject(body['error']) ? body['error'] : {};
  const { code, message, retryable, request_id: requestId } = inner;
  const wait = Number(response.headers.get('retry-after'));
  return new ApiError(
    typeof code === 'string' ? code : `HTTP_${response.status}`,
    typeof message === 'string' ? message : `The sidecar answered with status ${response.status}.`,
    {
      status: response.status,
      retryable: retryable === true,
      requestId: typeof requestId === 'string' ? requestId : response.headers.get('x-request-id'),
      retryAfterSeconds: Number.isFinite(wait) && wait > 0 ? wait : null,
    },
  );
}

/** Any thrown value as an ApiError. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  return new ApiError('PAGE_ERROR', thrown instanceof Error ? thrown.message : String(thrown));
}
