/** Why a port cannot be listened on, by the code of the error: what is wrong with it, and what to do. */
const PROBLEMS: Readonly<Record<string, { readonly sentence: string; readonly advice: string }>> = {
  EADDRINUSE: {
    sentence: 'is taken by another program',
    advice: 'Stop that program, or choose another ALTSMITH_PORT.',
  },
  EACCES: { sentence: 'may not be used by this user', advice: 'Choose an ALTSMITH_PORT of 1024 or more.' },
  EADDRNOTAVAIL: {
    sentence: 'is on an address that this machine does not have',
    advice: 'Choose an ALTSMITH_HOST that this machine has.',
  },
  ENOTFOUND: {
    sentence: 'is on an address that this machine does not have',
    advice: 'Choose an ALTSMITH_HOST that this machine has.',
  },
  EAI_AGAIN: {
    sentence: 'is on a name that cannot be looked up',
    advice: 'Give ALTSMITH_HOST as an address, such as 127.0.0.1.',
  },
};

/** Undefined for a code that says nothing about the port or the address. */
export function listenProblem(code: string): { readonly sentence: string; readonly advice: string } | undefined {
  return PROBLEMS[code];
}

/** One line about an error that listening ended with; null for any other. */
export function listenSentence(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  const { code, syscall } = error;
  if (typeof code !== 'string' || (syscall !== 'listen' && syscall !== 'getaddrinfo')) return null;
  const found = listenProblem(code);
  const place = 'port' in error ? `Port ${String(error.port)}` : 'The port';
  const host = 'address' in error ? error.address : 'hostname' in error ? error.hostname : undefined;
  const on = typeof host === 'string' ? ` on ${host}` : '';
  return `${place}${on} ${found?.sentence ?? `cannot be used (${code})`}. ${found?.advice ?? ''}`.trim();
}
