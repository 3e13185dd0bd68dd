/** The address that clients use, as the settings name it. */
export interface PublicUrl {
  /** Such as `https://alt.example.com`. */
  readonly origin: string;
  readonly hostname: string;
  /** Such as `/altsmith`; empty when the sidecar has the whole host. */
  readonly path: string;
}

/** The parts of a public address; null when it is none. */
export function publicUrlOf(text: string): PublicUrl | null {
  if (!URL.canParse(text)) return null;
  const { protocol, username, password, search, hash, origin, hostname, pathname } = new URL(text);
  const isPlain = username === '' && password === '' && search === '' && hash === '';
  if (!isPlain || (protocol !== 'http:' && protocol !== 'https:')) return null;
  return { origin, hostname, path: pathname.replace(/(?<!\/)\/+$/, '') };
}
