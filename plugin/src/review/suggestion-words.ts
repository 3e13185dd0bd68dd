import { __ } from '@wordpress/i18n';
import { lengthHint, lengthOf } from '../shared/length-hint';
import type { Suggestion, SuggestionState } from '../shared/types';

/** The same words as in PHP's Status_Words. */
export const STATE_WORDS: Readonly<Record<SuggestionState, string>> = {
  pending: __('Needs review', 'altsmith'),
  conflict: __('Conflict', 'altsmith'),
  approved: __('Approved, about to be written', 'altsmith'),
  applied: __('Approved', 'altsmith'),
  rejected: __('Rejected', 'altsmith'),
  decorative: __('Decorative', 'altsmith'),
  superseded: __('Replaced', 'altsmith'),
};

/** A confidence, from 0 to 1, as the cards tell it. */
export const confidenceWords = (value: number): string => `${Math.round(value * 100)} %`;

/** Short names of the flags, for the filter. On a card each comes with its sentence. */
export const FLAG_WORDS: Readonly<Record<string, string>> = {
  linked: __('Is a link', 'altsmith'),
  text_in_image: __('Text in the image', 'altsmith'),
  text_partly_read: __('Words read in part', 'altsmith'),
  chart_like: __('Chart or diagram', 'altsmith'),
  screenshot: __('Screenshot', 'altsmith'),
  logo_or_icon: __('Logo or icon', 'altsmith'),
  tiny: __('Very small', 'altsmith'),
  near_uniform: __('Nearly one colour', 'altsmith'),
  low_confidence: __('Model unsure', 'altsmith'),
  repetitive: __('Repetitive', 'altsmith'),
  too_short: __('Very short text', 'altsmith'),
  duplicate_text: __('Same text as others', 'altsmith'),
  existing_human_text: __('Has a text already', 'altsmith'),
  possibly_decorative: __('Maybe decorative', 'altsmith'),
  not_translated: __('Not translated yet', 'altsmith'),
  untranslated: __('Words left in English', 'altsmith'),
  number_lost: __('Number differs', 'altsmith'),
  wrong_script: __('Wrong script', 'altsmith'),
  wrong_length: __('Unlikely length', 'altsmith'),
  unknown_words: __('Unknown word', 'altsmith'),
  cut: __('Cut off', 'altsmith'),
  broken_punctuation: __('Broken punctuation', 'altsmith'),
  gender: __('Woman or man?', 'altsmith'),
  unsure_word: __('Unsure word', 'altsmith'),
  glossary: __('Own words', 'altsmith'),
};

/** What the text is called that a decision is about. */
export const textLabel = ({ kind }: Suggestion): string =>
  kind === 'video' ? __('Suggested description', 'altsmith') : __('Suggested alt text', 'altsmith');

/** A description may be long. */
export const textHint = ({ kind }: Suggestion, text: string): string => (kind === 'video' ? lengthOf(text) : lengthHint(text));

export function nameOf(suggestion: Suggestion): string {
  return suggestion.title === '' ? suggestion.file_name : suggestion.title;
}

/** Whether a person can decide about it now. */
export function isOpen(suggestion: Suggestion): boolean {
  return suggestion.state === 'pending' || suggestion.state === 'conflict';
}
