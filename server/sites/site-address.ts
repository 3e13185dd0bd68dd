/** Longest address that is kept. */
const MOST_CHARACTERS = 500;

/**
 * Host and path of a site, in one form however it was written: without scheme, `www.`, port, query and slash at the end.
 * Null when it is no address. Pure.
 */
export function siteAddress(given: string): string | null {
  const text = given.trim();
  const plain = text.replace(/^[a-z][a-z0-9+.-]{0,20}:\/\//i, '');
  const url = `http://${plain}`;
  if (plain === '' || plain.startsWith('/') || text.length > MOST_CHARACTERS || !URL.canParse(url)) return null;
  const { hostname, pathname } = new URL(url);
  const host = hostname.replace(/\.$/, '').replace(/^www\.(?=.)/, '');
  if (host === '') return null;
  return host + pathname.replace(/\/{2,}/g, '/').replace(/\/$/, '');
}
