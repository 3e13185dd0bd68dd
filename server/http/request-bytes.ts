import type { Request } from 'express';

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
  } finally {
    request.resume();
  }
}
