import type { FieldValues } from '../../contract/fields';
import type { Suggestion, SuggestionState } from '../../contract/suggestion';

/** The texts as the person is editing them. */
export interface Draft {
  readonly alt_text: string;
  /** The English beside a translation; empty where there is none. */
  readonly source: string;
  readonly title: string;
  readonly caption: string;
  readonly description: string;
  /** With commas between. */
  readonly keywords: string;
  /** Empty for a picture. */
  readonly text_alternative: string;
}

/** One suggestion on the page, with what the person has typed so far. */
export interface Entry {
  readonly suggestion: Suggestion;
  readonly draft: Draft;
  /** What happened to it meanwhile; null when nothing did. */
  readonly notice: string | null;
  readonly isBusy: boolean;
}

/** What has been approved already is what is edited; else what was suggested. */
export function draftOf({ fields, values, source, approved_source }: Suggestion): Draft {
  return {
    alt_text: values?.alt_text ?? fields.alt_text,
    source: approved_source ?? source ?? '',
    title: values?.title ?? fields.title ?? '',
    caption: values?.caption ?? fields.caption ?? '',
    description: values?.description ?? fields.description ?? '',
    keywords: (values?.keywords ?? fields.keywords ?? []).join(', '),
    text_alternative: values?.text_alternative ?? fields.text_alternative ?? '',
  };
}

export function entryOf(suggestion: Suggestion): Entry {
  return { suggestion, draft: draftOf(suggestion), notice: null, isBusy: false };
}

export function isEdited({ suggestion, draft }: Entry): boolean {
  // The English is no text of the page.
  const textsOf = (one: Draft) => JSON.stringify({ ...one, source: '' });
  return textsOf(draft) !== textsOf(draftOf({ ...suggestion, values: null }));
}

/** The English that the person approves beside the translation; undefined where they left it as it was. */
export function sourceOf({ suggestion, draft }: Entry): string | undefined {
  const source = draft.source.trim();
  return suggestion.source === null || source === '' || source === suggestion.source ? undefined : source;
}

/** What approving stores: the alt text, and each further field that was suggested or that the person filled. */
export function valuesOf({ suggestion: { fields, kind }, draft }: Entry): FieldValues {
  const keywords = draft.keywords
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  return {
    alt_text: draft.alt_text.trim(),
    ...(fields.title === null && draft.title === '' ? {} : { title: draft.title.trim() }),
    ...(fields.caption === null && draft.caption === '' ? {} : { caption: draft.caption.trim() }),
    ...(fields.description === null && draft.description === '' ? {} : { description: draft.description.trim() }),
    ...(fields.keywords === null && keywords.length === 0 ? {} : { keywords }),
    ...(kind === 'video' ? { text_alternative: draft.text_alternative.trim() } : {}),
  };
}

/** States in which a yes, a no or "decorative" is welcome; the server decides in the end. */
export function isDecidable(state: SuggestionState): boolean {
  return state === 'pending' || state === 'conflict';
}

export function isReopenable(state: SuggestionState): boolean {
  return state === 'approved' || state === 'rejected' || state === 'decorative';
}

export const STATE_WORDS: Readonly<Record<SuggestionState, string>> = {
  pending: 'waiting for review',
  approved: 'approved',
  rejected: 'rejected',
  decorative: 'decorative',
  applied: 'published',
  conflict: 'in conflict with a person’s text',
  superseded: 'replaced by a newer one',
};

/** What an approval sends beside the yes: only what the person changed. */
export function approvalOf(entry: Entry): { values?: FieldValues; source?: string } {
  const source = sourceOf(entry);
  return { ...(isEdited(entry) ? { values: valuesOf(entry) } : {}), ...(source === undefined ? {} : { source }) };
}
