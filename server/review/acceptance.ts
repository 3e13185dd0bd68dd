import { z } from 'zod';
import type { AcceptanceTask } from '../contract/acceptance';
import { RejectionReason } from '../contract/acceptance';
import type { DecisionRequest } from '../contract/decision';
import type { Suggestion } from '../contract/suggestion';

/** Whose text a suggestion is: other weights of the same name are another model. */
export interface Author {
  readonly task: AcceptanceTask;
  readonly model: string;
  /** Empty where it is not known. */
  readonly fingerprint: string;
}

/** What one decision says about the text that was suggested. */
export const CountedDecision = z.object({
  outcome: z.enum(['untouched', 'edited', 'rejected', 'decorative']),
  /** Part of the characters that was changed, of an edited one. */
  edit: z.number().optional(),
  reason: RejectionReason.optional(),
  open_ms: z.number().optional(),
});
export type CountedDecision = z.infer<typeof CountedDecision>;

/** Characters of a text that are compared; the time grows with their square. */
const MOST_CHARACTERS = 1000;

/** A translation is its translator's text; what was never translated, or a person's own language, is the model's. */
export function authorOf({ model, translator, kind }: Pick<Suggestion, 'model' | 'translator' | 'kind'>): Author {
  if (translator !== null) return { task: 'translation', model: translator.id, fingerprint: translator.version ?? '' };
  return { task: kind === 'video' ? 'video' : 'caption', model: model.id, fingerprint: model.fingerprint ?? '' };
}

/**
 * What a decision says of the suggested alt text; null where it says nothing, because it was made for many at once, by a rule, or by
 * somebody who may not have seen the picture. Pure.
 */
export function countedDecision(
  { fields }: Pick<Suggestion, 'fields'>,
  { action, values, reason, mode = 'one', displayed, open_ms }: DecisionRequest,
): CountedDecision | null {
  if (mode !== 'one' || displayed !== true || action === 'reopen') return null;
  const time = open_ms === undefined ? {} : { open_ms };
  if (action === 'reject') return { outcome: 'rejected', reason: reasonOf(reason), ...time };
  const approved = values === undefined ? fields.alt_text : (values.alt_text ?? '');
  if (action === 'decorative' || approved.trim() === '') return { outcome: 'decorative', ...time };
  if (isSameText(approved, fields.alt_text)) return { outcome: 'untouched', ...time };
  return { outcome: 'edited', edit: editOf(fields.alt_text, approved), ...time };
}

/** Screens send one of the reasons, after which a person may have written more. */
function reasonOf(reason: string | undefined): RejectionReason {
  const said = reason?.split(':', 1)[0]?.trim() ?? '';
  return said === '' ? 'none' : (RejectionReason.safeParse(said).data ?? 'other');
}

/** A full stop, capitals and spaces change no text. */
export const isSameText = (one: string, other: string) => plain(one) === plain(other);

const plain = (text: string) =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[.\s]+/gu, ' ')
    .trim();

/** Levenshtein's distance between two texts by characters, as a part of the longer one: 0 the same, 1 nothing in common. */
export function editOf(from: string, to: string): number {
  const [one, other] = [from, to].map((text) => Array.from(text.normalize('NFC').slice(0, MOST_CHARACTERS)));
  if (one === undefined || other === undefined) return 0;
  const longer = Math.max(one.length, other.length);
  if (longer === 0) return 0;
  let row = Uint16Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, character] of one.entries()) {
    const next = new Uint16Array(other.length + 1);
    next[0] = at + 1;
    for (let to = 1; to <= other.length; to += 1) {
      const replaced = (row[to - 1] ?? 0) + Number(other[to - 1] !== character);
      next[to] = Math.min(replaced, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1);
    }
    row = next;
  }
  return Math.round(((row[other.length] ?? 0) / longer) * 1000) / 1000;
}
