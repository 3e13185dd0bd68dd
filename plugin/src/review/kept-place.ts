/** In the browser's own storage: where somebody was when they left the screen. */
const NAME = 'altsmith-review-place';
/** What is remembered of an address: how the list is looked at, not what it is narrowed to. */
const KEPT = ['layout', 'paged', 'per_page', 'sort'];

export interface KeptPlace {
  readonly address: URL;
  /** The suggestion they were at; '' for none. */
  readonly current: string;
}

/** Where to begin: an address that says more than the page's name is followed, else it is as it was left. */
export function placeKept(location: Location, isNarrow: boolean): KeptPlace {
  const address = new URL(location.href);
  const stored = read();
  const isPlain = [...address.searchParams.keys()].every((name) => name === 'page');
  if (isPlain) for (const [name, value] of Object.entries(stored.words)) address.searchParams.set(name, value);
  // A table that was looked at in a wide window does not fit into a narrow one.
  const layout = address.searchParams.get('layout');
  if (isPlain && isNarrow && layout !== null) address.searchParams.set('layout', layout.replace('table', 'grid'));
  return { address, current: stored.current };
}

export function keepPlace(address: URL, current: string): void {
  const words: Record<string, string> = {};
  for (const name of KEPT) {
    const value = address.searchParams.get(name);
    if (value !== null) words[name] = value;
  }
  try {
    window.localStorage.setItem(NAME, JSON.stringify({ words, current }));
  } catch {
    // A browser that keeps nothing begins at the first page each time.
  }
}

function read(): { readonly words: Readonly<Record<string, string>>; readonly current: string } {
  const words: Record<string, string> = {};
  let current = '';
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(NAME) ?? '{}');
    const given: unknown = fieldOf(stored, 'words');
    for (const name of KEPT) {
      const value = fieldOf(given, name);
      if (typeof value === 'string') words[name] = value;
    }
    const at = fieldOf(stored, 'current');
    if (typeof at === 'string') current = at;
  } catch {
    // What is not ours is left alone.
  }
  return { words, current };
}

function fieldOf(value: unknown, name: string): unknown {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return found;
}
