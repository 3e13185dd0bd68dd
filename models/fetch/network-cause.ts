/** What another try may better. Certificates, refusals of a proxy and wrong settings do not change within a minute. */
const PASSING = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/** Node's and OpenSSL's names of what is wrong with a certificate. */
const CERTIFICATE = /CERT|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS|ERR_SSL/;

/** An error and what lies behind it. Five levels: more are a circle. */
function chainOf(error: unknown): object[] {
  const chain: object[] = [];
  for (
    let at = error;
    typeof at === 'object' && at !== null && chain.length < 5;
    at = 'cause' in at ? at.cause : null
  ) {
    chain.push(at);
  }
  return chain;
}

/** The fetch standard forbids some ports, of mail and of other services; the error has no code of its own. */
const BAD_PORT = 'BAD_PORT';

/** `fetch failed` has the reason in its cause, sometimes two levels down. The deepest code counts; null where there is none. */
export function causeCode(error: unknown): string | null {
  if (chainOf(error).some((at) => 'message' in at && at.message === 'bad port')) return BAD_PORT;
  const codes = chainOf(error).flatMap((at) => ('code' in at && typeof at.code === 'string' ? [at.code] : []));
  return codes.findLast((code) => /^[A-Z][A-Z0-9_]+$/.test(code)) ?? null;
}

/** Statuses of a proxy that is overloaded, or whose upstream is: a later try may go well. */
const PASSING_STATUS = new Set([429, 502, 503, 504]);

/** The status with which a proxy refused to connect; undici has it in the message only. */
function proxyRefusal(error: unknown): number | null {
  const messages = chainOf(error).flatMap((at) =>
    'message' in at && typeof at.message === 'string' ? [at.message] : [],
  );
  const status = messages
    .map((text) => /^Proxy response \((\d+)\)/.exec(text)?.[1])
    .find((found) => found !== undefined);
  return status === undefined ? null : Number(status);
}

export interface NetworkCause {
  /** In a few words: a code such as ENOTFOUND, or what the proxy said. */
  readonly words: string;
  readonly isPassing: boolean;
  /** What a person can do about it; null where nothing is known. */
  readonly advice: string | null;
}

/** Why a request got no answer. */
export function networkCause(error: unknown): NetworkCause {
  const refusal = proxyRefusal(error);
  if (refusal !== null) {
    return {
      words: `the proxy answers ${refusal}`,
      isPassing: PASSING_STATUS.has(refusal),
      advice: 'look at HTTPS_PROXY and HTTP_PROXY, and at what the proxy allows',
    };
  }
  const code = causeCode(error);
  if (code !== null && CERTIFICATE.test(code)) {
    const advice = 'set NODE_EXTRA_CA_CERTS to a PEM file with the certificate authority of your network';
    return { words: code, isPassing: false, advice };
  }
  if (code === BAD_PORT) {
    return { words: code, isPassing: false, advice: 'HTTP clients do not use this port; use another one' };
  }
  const words = code ?? (error instanceof Error ? error.name : 'unknown');
  return { words, isPassing: code === null || PASSING.has(code), advice: null };
}
