import type { Caption, ModelInfo } from '../../../models/captioner';
import type { FieldName, Fields, FieldValues, Flag } from '../../contract/fields';
import type { JobContext } from '../../contract/job';
import type { Reading, Readings } from '../../contract/worker';
import type { ImageFacts } from '../engine';
import { visibleCaption } from './caption';
import { textConfidence } from './confidence';
import { description } from './description';
import { fileName } from './file-name';
import { flagsFor } from './flags';
import { keywords } from './keywords';
import { pictureKind } from './picture-kind';

export interface ComposeInput {
  readonly caption: Caption;
  /** Of the caption's sentences. */
  readonly readings: Readings;
  readonly image: ImageFacts;
  readonly context: JobContext | null;
  readonly current: FieldValues | null;
  /** Fields that were asked for; null means all of them. The alt text is always made. */
  readonly fields: readonly FieldName[] | null;
  readonly model: ModelInfo;
}

export interface ComposedTexts {
  readonly fields: Fields;
  readonly alternatives: string[];
  readonly flags: Flag[];
  /** 0..1 */
  readonly confidence: number;
}

/** A person needs a choice, not a list. */
const MOST_ALTERNATIVES = 5;

/** The candidates, each text once; fit ones first, and of those the ones that name nobody. */
function draftsOf({ candidates }: Readings): [Reading, ...Reading[]] {
  const seen = new Set<string>();
  const drafts = candidates.filter(({ text }) => {
    const isNew = !seen.has(text.toLowerCase());
    seen.add(text.toLowerCase());
    return isNew;
  });
  const rank = (draft: Reading) => (draft.problems.length > 0 ? 2 : draft.names_person ? 1 : 0);
  // sort() is stable: among equals the model's own order stays.
  const [first = candidates[0], ...rest] = drafts.sort((one, other) => rank(one) - rank(other));
  return [first, ...rest];
}

/** The classifier's plain noun goes first when it contradicts the sentences; short as it is, it is fit. */
function withSecondOpinion({ second_opinion }: Readings, drafts: [Reading, ...Reading[]]): [Reading, ...Reading[]] {
  return second_opinion === null ? drafts : [{ ...second_opinion, problems: [] }, ...drafts];
}

function doubtsAbout(draft: Reading, readings: Readings): string[] {
  const doubts: string[] = [];
  if (readings.second_opinion !== null) {
    const said = readings.candidates[0].text;
    doubts.push(`The model's sentence was “${said}”, but its image classifier is sure to see something else.`);
  }
  if (draft.names_person) doubts.push('It seems to name a person, and the model cannot know who people are.');
  if (draft.unnamed !== null) doubts.push(`The picture may show “${draft.unnamed}”, which the text does not mention.`);
  return doubts;
}

function fieldsOf(best: Reading, input: ComposeInput): Fields {
  const wanted = (name: FieldName) => input.fields === null || input.fields.includes(name);
  const labels = input.caption.labels;
  // Nothing is built upon a text that is not fit itself.
  const fit = best.problems.length === 0;
  const title = fit ? best.title : null;
  return {
    alt_text: best.text,
    title: wanted('title') ? title : null,
    caption: wanted('caption') && fit ? visibleCaption(best.nouns, labels) : null,
    description: wanted('description') && fit ? description(best.text, input.context) : null,
    keywords: wanted('keywords') ? keywords(fit ? best.nouns : [], labels) : null,
    file_name: wanted('file_name') ? fileName(title, input.context?.file_name, input.image.format) : null,
  };
}

/** Everything a suggestion says about one picture, from what the model said and how it reads. Pure: same input, same texts. */
export function composeTexts(input: ComposeInput): ComposedTexts {
  const [best, ...others] = withSecondOpinion(input.readings, draftsOf(input.readings));
  const doubts = doubtsAbout(best, input.readings);
  const confidence = textConfidence(input.caption, best, doubts.length);
  return {
    fields: fieldsOf(best, input),
    alternatives: others
      .filter((draft) => draft.problems.length === 0)
      .map((draft) => draft.text)
      .slice(0, MOST_ALTERNATIVES),
    flags: flagsFor({
      kind: pictureKind(input.image, best.text, input.context),
      problems: best.problems,
      confidence,
      doubts,
      linked: input.context?.linked === true,
      currentAltText: input.current?.alt_text ?? '',
    }),
    confidence,
  };
}
