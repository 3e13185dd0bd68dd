import type { Request } from 'express';
import { AppError } from '../errors';

/**
 * The raw body. Stopping to read early does not destroy the connection, as plain `for await` would: the client could
 * then never read why its picture was refused. The rest of the body is read and thrown away; Node does that only for
 * a body nobody began to read, and the next request on the connection would wait behind the bytes for ever.
 */
export async function* bytesOf(request: Request): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (chunk instanceof Uint8Array) yield chunk;
    }
  } catch (cause) {
    // The client went away, or its time was over: nobody reads the answer, and the log shall not call it our fault.
    throw new AppError('REQUEST_TIMEOUT', {}, { cause });
  } finally {
    request.resume();
  }
}
