import type { Request } from 'express';

/**
 * The raw body. Stopping to read early does not destroy the connection, as plain `for await` would: the client could
 * then never read why its picture was refused. Node throws the rest of the body away.
 */
export function bytesOf(request: Request): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false });
}
