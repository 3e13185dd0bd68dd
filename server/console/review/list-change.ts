import type { Suggestion } from '../../contract/suggestion';
import { entryOf, type Draft, type Entry } from './entry';

export interface List {
  readonly entries: readonly Entry[];
  /** Cursor of the page after; null on the last. */
  readonly next: string | null;
  /** False until the first page has come. */
  readonly isLoaded: boolean;
}

export const NOTHING: List = { entries: [], next: null, isLoaded: false };

export type ListChange =
  | { readonly kind: 'reset' }
  | { readonly kind: 'page'; readonly items: readonly Suggestion[]; readonly next: string | null }
  | { readonly kind: 'edit'; readonly id: string; readonly draft: Partial<Draft> }
  | { readonly kind: 'busy'; readonly id: string; readonly isBusy: boolean }
  /** Somebody else was faster: the card shows the new standing, and keeps what the person typed. */
  | { readonly kind: 'overtaken'; readonly suggestion: Suggestion; readonly notice: string }
  | { readonly kind: 'remove'; readonly ids: readonly string[] }
  | { readonly kind: 'put-back'; readonly at: number; readonly suggestion: Suggestion };

function patched(list: List, id: string, patch: (entry: Entry) => Entry): List {
  return { ...list, entries: list.entries.map((entry) => (entry.suggestion.id === id ? patch(entry) : entry)) };
}

export function changeList(list: List, change: ListChange): List {
  switch (change.kind) {
    case 'reset':
      return NOTHING;
    case 'page': {
      const known = new Set(list.entries.map((entry) => entry.suggestion.id));
      const fresh = change.items.filter((item) => !known.has(item.id)).map(entryOf);
      return { entries: [...list.entries, ...fresh], next: change.next, isLoaded: true };
    }
    case 'edit':
      return patched(list, change.id, (entry) => ({ ...entry, draft: { ...entry.draft, ...change.draft } }));
    case 'busy':
      return patched(list, change.id, (entry) => ({ ...entry, isBusy: change.isBusy }));
    case 'overtaken': {
      const { suggestion, notice } = change;
      return patched(list, suggestion.id, (entry) => ({ ...entry, suggestion, notice, isBusy: false }));
    }
    case 'remove':
      return { ...list, entries: list.entries.filter((entry) => !change.ids.includes(entry.suggestion.id)) };
    case 'put-back': {
      const others = list.entries.filter((entry) => entry.suggestion.id !== change.suggestion.id);
      return { ...list, entries: others.toSpliced(change.at, 0, entryOf(change.suggestion)) };
    }
  }
}
