import type { Field } from '@wordpress/dataviews/wp';
import { __, sprintf } from '@wordpress/i18n';
import { readRuns } from '../shared/api';
import { formatTime } from '../shared/format';
import type { Suggestion } from '../shared/types';
import { SuggestionCard } from './suggestion-card';
import { confidenceWords, FLAG_WORDS, nameOf, STATE_WORDS } from './suggestion-words';
import { VideoPlayer } from './video-player';
import { usedInWords } from './what-is-known';

const elements = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

/** Runs to choose from. Who may not see them gets none. */
async function runs() {
  try {
    const { run, history } = await readRuns();
    return [...(run === null ? [] : [run]), ...history].map((one) => ({
      value: one.id,
      label: formatTime(one.started_at),
    }));
  } catch {
    // The filter stays empty; the list itself says what is wrong, if anything is.
    return [];
  }
}

/** What DataViews shows, sorts and filters. Filtering and sorting happen on the server. */
export const FIELDS: Field<Suggestion>[] = [
  {
    id: 'preview',
    label: __('Image', 'altsmith'),
    enableSorting: false,
    enableHiding: false,
    filterBy: false,
    render: ({ item }) => <Picture suggestion={item} />,
  },
  {
    id: 'title',
    label: __('File', 'altsmith'),
    enableHiding: false,
    filterBy: false,
    getValue: ({ item }) => nameOf(item),
    render: ({ item }) => (
      <span className="altsmith-file">
        <a href={item.edit_url}>{nameOf(item)}</a>
        <span>{item.file_name}</span>
      </span>
    ),
  },
  {
    id: 'review',
    label: __('Texts', 'altsmith'),
    enableSorting: false,
    enableHiding: false,
    filterBy: false,
    render: ({ item }) => <SuggestionCard suggestion={item} />,
  },
  {
    id: 'seen',
    label: __('Used in', 'altsmith'),
    filterBy: false,
    getValue: ({ item }) => item.used_in,
    render: ({ item }) => (
      <>{usedInWords(item)}</>
    ),
  },
  {
    id: 'state',
    label: __('State', 'altsmith'),
    elements: elements(STATE_WORDS),
    filterBy: { operators: ['isAny'], isPrimary: true },
    getValue: ({ item }) => item.state,
  },
  {
    id: 'flag',
    label: __('Notes', 'altsmith'),
    enableSorting: false,
    elements: elements(FLAG_WORDS),
    filterBy: { operators: ['is'] },
    getValue: ({ item }) => item.flags[0]?.code ?? '',
    render: ({ item }) => <>{item.flags.map((flag) => FLAG_WORDS[flag.code] ?? flag.code).join(', ')}</>,
  },
  {
    id: 'confidence',
    label: __('Confidence', 'altsmith'),
    elements: [0.5, 0.6, 0.7, 0.8, 0.9].map((value) => ({
      value,
      /* translators: %s: a share such as 80 % */
      label: sprintf(__('at least %s', 'altsmith'), confidenceWords(value)),
    })),
    filterBy: { operators: ['is'] },
    getValue: ({ item }) => item.confidence,
    render: ({ item }) => <>{item.model.calibrated ? confidenceWords(item.confidence) : __('not measured', 'altsmith')}</>,
  },
  {
    id: 'run',
    label: __('Run', 'altsmith'),
    enableSorting: false,
    getElements: runs,
    filterBy: { operators: ['is'] },
    getValue: ({ item }) => item.run_id ?? '',
    render: () => <></>,
  },
  {
    id: 'passed',
    label: __('Passed on', 'altsmith'),
    enableSorting: false,
    elements: [{ value: 'me', label: __('By you', 'altsmith') }],
    filterBy: { operators: ['is'] },
    getValue: () => '',
    render: ({ item }) => <>{item.passed_by.join(', ')}</>,
  },
  {
    id: 'date',
    label: __('Date', 'altsmith'),
    filterBy: false,
    getValue: ({ item }) => item.created_at,
    render: ({ item }) => <time dateTime={item.created_at}>{formatTime(item.created_at)}</time>,
  },
];

function Picture({ suggestion }: { readonly suggestion: Suggestion }) {
  if (suggestion.video !== null) return <VideoPlayer className="altsmith-picture" suggestion={suggestion} />;
  if (suggestion.thumbnail === null) {
    return <span className="altsmith-picture">{__('No preview', 'altsmith')}</span>;
  }
  const { url, width, height } = suggestion.thumbnail;
  // The text beside it is what is being reviewed: read out here as well it would only be in the way.
  return <img className="altsmith-picture" src={url} width={width} height={height} alt="" loading="lazy" />;
}
