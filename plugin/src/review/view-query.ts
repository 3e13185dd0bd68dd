import type { Filter, View } from '@wordpress/dataviews/wp';
import type { ListQuery } from '../shared/api';

/** A table or a grid of DataViews, or one picture after the other in its place. */
export type ReviewView = View & { readonly isFocus: boolean };

/** What needs a person. Without a filter the screen shows these. */
export const OPEN_STATES = ['pending', 'conflict'] as const;
const ALL_STATES = ['pending', 'conflict', 'approved', 'applied', 'rejected', 'decorative', 'superseded'] as const;

const SORTS = ['date', 'confidence', 'title', 'state', 'seen'];
const PER_PAGE = [10, 20, 50, 100];

export const DEFAULT_VIEW: View = {
  type: 'table',
  page: 1,
  perPage: 20,
  search: '',
  sort: { field: 'date', direction: 'asc' },
  filters: [],
  mediaField: 'preview',
  titleField: 'title',
  showMedia: true,
  fields: ['review'],
  layout: { styles: { review: { minWidth: 420 } } },
};

function filterValues(view: View, field: string): string[] {
  const value: unknown = view.filters?.find((filter) => filter.field === field)?.value;
  const values = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return values.map(String).filter((one) => one !== '');
}

/** What the server is asked for under a view. `attachment`: only this image, whatever its state. */
export function toListQuery(view: ReviewView, attachment: number): ListQuery {
  if (attachment > 0) return { state: ALL_STATES, page: 1, per_page: 1, attachment };
  const states = filterValues(view, 'state');
  const [flag] = filterValues(view, 'flag');
  const [confidence] = filterValues(view, 'confidence');
  const [run] = filterValues(view, 'run');
  const isPassed = filterValues(view, 'passed').length > 0;
  return {
    state: states.length > 0 ? states : OPEN_STATES,
    page: view.page ?? 1,
    // Whoever looks at one after the other goes through a page in no time.
    per_page: Math.max(view.perPage ?? 20, view.isFocus ? 50 : 1),
    ...(view.search === undefined || view.search === '' ? {} : { search: view.search.slice(0, 200) }),
    ...(flag === undefined ? {} : { flag }),
    ...(confidence === undefined ? {} : { min_confidence: Number(confidence) }),
    ...(run === undefined ? {} : { run_id: run }),
    ...(isPassed ? { passed: true } : {}),
    ...(view.sort === undefined ? {} : { orderby: view.sort.field, order: view.sort.direction }),
  };
}

/** The view narrowed to what the person passed on. */
export function showPassed(view: ReviewView): ReviewView {
  const others = (view.filters ?? []).filter((filter) => filter.field !== 'passed');
  return { ...view, page: 1, filters: [...others, { field: 'passed', operator: 'is', value: 'me' }] };
}

/** The part of a view that is worth a place in the address, so that it can be sent to a colleague. */
export function toAddress(view: ReviewView, address: URL): URL {
  const next = new URL(address);
  const sort = view.sort === undefined ? '' : `${view.sort.field} ${view.sort.direction}`;
  const words: Record<string, string> = {
    layout: view.isFocus ? `focus-${view.type}` : view.type,
    paged: (view.page ?? 1) > 1 ? String(view.page) : '',
    per_page: view.perPage === DEFAULT_VIEW.perPage ? '' : String(view.perPage),
    s: view.search ?? '',
    sort: sort === 'date asc' ? '' : sort,
    state: filterValues(view, 'state').join(','),
    flag: filterValues(view, 'flag').join(','),
    confidence: filterValues(view, 'confidence').join(','),
    run: filterValues(view, 'run').join(','),
    passed: filterValues(view, 'passed').join(','),
  };
  for (const [name, value] of Object.entries(words)) {
    if (value === '') next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  return next;
}

/** The view an address asks for. What it does not know it leaves out. */
export function fromAddress(address: URL, isNarrow: boolean): ReviewView {
  const words = address.searchParams;
  const [field = '', direction] = (words.get('sort') ?? '').split(' ');
  const perPage = Number(words.get('per_page'));
  const page = Number(words.get('paged'));
  const filters: Filter[] = [];
  for (const name of ['state', 'flag', 'confidence', 'run', 'passed']) {
    const value = words.get(name) ?? '';
    if (value === '') continue;
    if (name === 'state') filters.push({ field: name, operator: 'isAny', value: value.split(',').filter(isState) });
    else filters.push({ field: name, operator: 'is', value: name === 'confidence' ? Number(value) : value });
  }
  const shared = {
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    perPage: PER_PAGE.includes(perPage) ? perPage : 20,
    search: words.get('s') ?? '',
    sort: SORTS.includes(field)
      ? { field, direction: direction === 'desc' ? ('desc' as const) : ('asc' as const) }
      : { field: 'date', direction: 'asc' as const },
    filters,
  };
  // On a narrow screen the texts would be beyond the edge of a table.
  const [behind = '', before] = (words.get('layout') ?? (isNarrow ? 'grid' : 'table')).split('-').reverse();
  const isFocus = before === 'focus' || behind === 'focus';
  return behind === 'grid'
    ? { ...DEFAULT_VIEW, ...shared, isFocus, type: 'grid', layout: { previewSize: 380 } }
    : { ...DEFAULT_VIEW, ...shared, isFocus, type: 'table', layout: { styles: { review: { minWidth: 420 } } } };
}

function isState(word: string): boolean {
  return (ALL_STATES as readonly string[]).includes(word);
}
