import type { DecisionRequest, WriteBackRequest } from '../contract/decision';
import type { Fields, FieldValues } from '../contract/fields';
import type { DecidedBy, SuggestionState } from '../contract/suggestion';
import { AppError } from '../errors';

/** The part of a suggestion that decisions and write-backs move. */
export interface Standing {
  readonly version: number;
  readonly state: SuggestionState;
  readonly values: FieldValues | null;
  readonly reason: string | null;
  readonly decidedBy: DecidedBy | null;
  /** Milliseconds UTC. */
  readonly decidedAt: number | null;
}

/** States in which a person's yes, no or "decorative" is welcome. An applied text is undone first, then reopened. */
const OPEN_TO_DECISION: ReadonlySet<SuggestionState> = new Set<SuggestionState>(['pending', 'conflict']);
/** States that `reopen` leads back to pending. */
const REOPENABLE: ReadonlySet<SuggestionState> = new Set<SuggestionState>([
  'approved',
  'rejected',
  'decorative',
  'conflict',
]);
/** A person said yes, and the CMS can now report what it did. Repeats of the same report change nothing. */
const AWAITS_WRITE_BACK: ReadonlySet<SuggestionState> = new Set<SuggestionState>(['approved', 'decorative']);

/** Who wants a suggestion: a machine that asks again, a run that wants the refused ones too, or a person at a screen. */
export type Asker = 'machine' | 'run_with_decided' | 'person';
const DECIDED_AGAINST: ReadonlySet<SuggestionState> = new Set<SuggestionState>(['rejected', 'decorative']);

/**
 * Whether what came of an earlier wish answers a new one for the same image. Pure. What was withdrawn answers nobody; what a
 * person refused only keeps machines away; and a person who asks again wants something to decide about.
 */
export function answersWish({ state, values }: Pick<Standing, 'state' | 'values'>, asker: Asker): boolean {
  if (state === 'superseded') return false;
  if (asker === 'machine') return true;
  if (asker === 'person') return OPEN_TO_DECISION.has(state) || state === 'approved';
  return !DECIDED_AGAINST.has(state) && !(state === 'applied' && values?.alt_text === '');
}

/**
 * Applies a person's decision. Pure.
 * Throws SUGGESTION_CHANGED when the person saw another version, DECISION_NOT_POSSIBLE when the state does not allow it.
 */
export function decide(standing: Standing, fields: Fields, decision: DecisionRequest, at: number): Standing {
  if (decision.version !== standing.version) {
    throw new AppError('SUGGESTION_CHANGED', { version: standing.version, state: standing.state });
  }
  const allowed = decision.action === 'reopen' ? REOPENABLE : OPEN_TO_DECISION;
  if (!allowed.has(standing.state)) {
    throw new AppError('DECISION_NOT_POSSIBLE', { state: standing.state, action: decision.action });
  }
  const decided = {
    version: standing.version + 1,
    reason: decision.reason ?? null,
    decidedBy: decision.by,
    decidedAt: at,
  };
  switch (decision.action) {
    case 'approve':
      // Values that come along are the whole of what the person saw; nothing is added to them.
      return { ...decided, state: 'approved', values: decision.values ?? suggestedValues(fields) };
    case 'reject':
      return { ...decided, state: 'rejected', values: null };
    case 'decorative':
      // An empty alt text is what tells a screen reader to pass over the image.
      return { ...decided, state: 'decorative', values: { alt_text: '' } };
    case 'reopen':
      return { ...decided, state: 'pending', values: null, reason: null, decidedBy: null, decidedAt: null };
  }
}

/** What approving without changes means: the alt text, and each further field that has a text. */
export function suggestedValues(fields: Fields): FieldValues {
  return {
    alt_text: fields.alt_text,
    ...(fields.title === null ? {} : { title: fields.title }),
    ...(fields.caption === null ? {} : { caption: fields.caption }),
    ...(fields.description === null ? {} : { description: fields.description }),
    ...(fields.keywords === null ? {} : { keywords: fields.keywords }),
    ...(fields.text_alternative == null ? {} : { text_alternative: fields.text_alternative }),
  };
}

/**
 * Applies what the CMS reports. Pure. Returns the same object when the report was heard before: reports are repeated
 * until they are answered.
 * Throws WRITE_BACK_NOT_POSSIBLE when nobody approved the suggestion.
 */
export function writeBack(standing: Standing, outcome: WriteBackRequest['outcome']): Standing {
  const next = { ...standing, version: standing.version + 1 };
  switch (outcome) {
    case 'applied':
      if (standing.state === 'applied') return standing;
      // After a conflict a person may have told the CMS to write all the same.
      if (AWAITS_WRITE_BACK.has(standing.state) || standing.state === 'conflict') return { ...next, state: 'applied' };
      break;
    case 'conflict':
      if (standing.state === 'conflict') return standing;
      if (AWAITS_WRITE_BACK.has(standing.state)) return { ...next, state: 'conflict' };
      break;
    case 'gone':
      if (standing.state === 'superseded') return standing;
      return { ...next, state: 'superseded' };
    case 'undone':
      if (standing.state === 'pending') return standing;
      if (standing.state === 'applied') {
        return { ...next, state: 'pending', values: null, reason: null, decidedBy: null, decidedAt: null };
      }
      break;
  }
  throw new AppError('WRITE_BACK_NOT_POSSIBLE', { state: standing.state, outcome });
}
