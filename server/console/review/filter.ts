import type { FlagCode } from '../../contract/fields';
import type { SuggestionState } from '../../contract/suggestion';

export interface Filter {
  readonly state: SuggestionState;
  readonly flag: FlagCode | '';
  readonly q: string;
  readonly sort: 'oldest' | 'newest' | 'confidence' | '-confidence';
}

export const FIRST_FILTER: Filter = { state: 'pending', flag: '', q: '', sort: 'oldest' };

export const STATES: readonly (readonly [SuggestionState, string])[] = [
  ['pending', 'Waiting for review'],
  ['approved', 'Approved'],
  ['rejected', 'Rejected'],
  ['decorative', 'Decorative'],
  ['applied', 'Published'],
  ['conflict', 'In conflict'],
  ['superseded', 'Replaced'],
];

export const FLAGS: readonly (readonly [FlagCode, string])[] = [
  ['low_confidence', 'Unsure'],
  ['text_in_image', 'Writing in the picture'],
  ['text_partly_read', 'Writing read only in part'],
  ['chart_like', 'Chart or drawing'],
  ['screenshot', 'Screenshot'],
  ['logo_or_icon', 'Logo or icon'],
  ['linked', 'Is a link'],
  ['tiny', 'Very small'],
  ['near_uniform', 'One plain colour'],
  ['repetitive', 'Repeats itself'],
  ['too_short', 'Too short'],
  ['duplicate_text', 'Same text as another'],
  ['existing_human_text', 'Has a text already'],
  ['possibly_decorative', 'Perhaps decorative'],
  ['not_translated', 'Not translated yet'],
  ['untranslated', 'Words left in English'],
  ['number_lost', 'Number lost'],
  ['wrong_script', 'Wrong script'],
  ['wrong_length', 'Unlikely length'],
  ['unknown_words', 'Unknown word'],
  ['cut', 'Cut off'],
  ['broken_punctuation', 'Broken punctuation'],
  ['gender', 'Woman or man?'],
  ['unsure_word', 'Unsure word'],
  ['glossary', 'Your own words'],
];

export const SORTS: readonly (readonly [Filter['sort'], string])[] = [
  ['oldest', 'Oldest first'],
  ['newest', 'Newest first'],
  ['confidence', 'Least sure first'],
  ['-confidence', 'Most sure first'],
];
