import type { ErrorRequestHandler } from 'express';
import { AppError, toAppError } from '../../errors';
import type { Logger } from '../../logger';
import type { Face } from '../compat/face';
import { requestIdOf } from './request-id';

/** What express's own parsers throw, by the `type` they put on the error. */
const PARSER_ERRORS: Readonly<Record<string, 'BODY_TOO_LARGE' | 'MEDIA_TYPE_UNSUPPORTED' | 'BAD_REQUEST'>> = {
  'entity.too.large': 'BODY_TOO_LARGE',
  'charset.unsupported': 'MEDIA_TYPE_UNSUPPORTED',
  'encoding.unsupported': 'MEDIA_TYPE_UNSUPPORTED',
};

/** The one place where what was thrown becomes an answer. */
export function answerErrors(
  logger: Logger,
  translate: (thrown: unknown) => AppError | null,
  faceOf: (path: string) => Face | null,
): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return (thrown, request, response, _next) => {
    const error = translate(thrown) ?? fromExpress(thrown) ?? toAppError(thrown);
    if (error.status >= 500) logger.error({ err: error, request_id: requestIdOf(response) }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const retryAfter = error.details['retry_after_seconds'] ?? (error.status === 503 ? 5 : undefined);
    if (typeof retryAfter === 'number') response.setHeader('retry-after', String(Math.max(1, Math.ceil(retryAfter))));
    response.setHeader('cache-control', 'no-store');
    const place = { path: request.path, requestId: requestIdOf(response) };
    const foreign = faceOf(request.path)?.errorReply(error, place);
    for (const [name, value] of Object.entries(foreign?.headers ?? {})) response.setHeader(name, value);
    response.status(foreign?.status ?? error.status);
    response.json(foreign?.body ?? { error: error.toBody(place.requestId) });
  };
}

/** Errors of express and its body parser carry a 4xx status: a malformed path, JSON that is none, a body cut short. */
function fromExpress(thrown: unknown): AppError | null {
  if (!(thrown instanceof Error) || thrown instanceof AppError) return null;
  const status: unknown = 'status' in thrown ? thrown.status : undefined;
  if (typeof status !== 'number' || status < 400 || status > 499) return null;
  const type = 'type' in thrown ? String(thrown.type) : '';
  return new AppError(PARSER_ERRORS[type] ?? 'BAD_REQUEST', {}, { cause: thrown });
}
