/** How long one call may take, in ms: the sidecar answers most of them within milliseconds. */
const TIMEOUT = 30_000;

/** The HTTP API of the sidecar. `call` throws an Error with the sidecar's own sentence. */
export function sidecar({ url, key }) {
  return {
    async call(method, route, body) {
      const isBytes = body instanceof Uint8Array;
      const answer = await fetch(url + route, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
        },
        ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT),
      });
      const reply = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Error(reply.error?.message ?? `The sidecar answered with the status ${answer.status}.`);
      return reply;
    },
  };
}
