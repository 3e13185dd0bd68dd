/**
 * The page's half of a log-in. The key itself lies split: one half in an HttpOnly cookie that no script can read, the
 * other here. Neither half is worth anything alone, and a page of another origin can send neither with a request.
 */
export type Slot = 'site' | 'admin';

const NAME: Readonly<Record<Slot, string>> = { site: 'altsmith.pad.site', admin: 'altsmith.pad.admin' };

export function readPad(slot: Slot): string | null {
  return localStorage.getItem(NAME[slot]);
}

export function keepPad(slot: Slot, pad: string): void {
  localStorage.setItem(NAME[slot], pad);
}

export function dropPad(slot: Slot): void {
  localStorage.removeItem(NAME[slot]);
}
