import type { Caption, ModelInfo } from '../../../models/captioner';
import type { FieldName, Fields, FieldValues, Flag } from '../../contract/fields';
import type { JobContext } from '../../contract/job';
import type { PictureWords, Reading, Readings } from '../../contract/worker';
import type { ImageFacts } from '../engine';
import type { GlossaryEntry } from '../../contract/glossary';
import { withOwnersWords } from '../../glossary/owners-words';
import { preferredOrder } from '../../glossary/prefer';
import { visibleCaption } from './caption';
import { textConfidence } from './confidence';
import { description } from './description';
import { fileName } from './file-name';
import { flagsFor } from './flags';
import { keywords } from './keywords';
import { pictureKind } from './picture-kind';
import { doubtsAboutWords } from './picture-words';

export interface ComposeInput {
  readonly caption: Caption;
  /** Of the caption's sentences. */
  readonly readings: Readings;
  readonly image: ImageFacts;
  /** Absent or null where the words in the picture were not read. */
  readonly words?: PictureWords | null | undefined;
  readonly context: JobContext | null;
  readonly current: FieldValues | null;
  /** Fields that were asked for; null means all of them. The alt text is always made. */
  readonly fields: readonly FieldName[] | null;
  readonly model: ModelInfo;
  /** The owner's words for English texts. */
  readonly glossary?: readonly GlossaryEntry[];
}

export interface ComposedTexts {
  readonly fields: Fields;
  readonly alternatives: string[];
  readonly flags: Flag[];
  /** 0..1 */
  readonly confidence: number;
}

/** The language of every model's own sentences. */
const ENGLISH = 'en';
/** A person needs a choice, not a list. */
const MOST_ALTERNATIVES = 5;

/** The candidates, each text once; fit ones first, of those the ones that name nobody, and then those that say most of the owner's words. */
function draftsOf({ candidates }: Readings, glossary: readonly GlossaryEntry[]): [Reading, ...Reading[]] {
  const seen = new Set<string>();
  const drafts = candidates.filter(({ text }) => {
    const isNew = !seen.has(text.toLowerCase());
    seen.add(text.toLowerCase());
    return isNew;
  });
  const rank = (draft: Reading) => (draft.problems.length > 0 ? 2 : draft.names_person ? 1 : 0);
  const order = preferredOrder(
    drafts.map(({ text }) => text),
    glossary,
    ENGLISH,
  );
  const preferred = order.flatMap((at) => drafts.slice(at, at + 1));
  // sort() is stable: among equals the model's own order stays.
  const [first = candidates[0], ...rest] = preferred.sort((one, other) => rank(one) - rank(other));
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
  const { glossary = [] } = input;
  const [best, ...others] = withSecondOpinion(input.readings, draftsOf(input.readings, glossary));
  const doubts = doubtsAbout(best, input.readings);
  const confidence = textConfidence(input.caption, best, doubts.length);
  const own = composed(input, best, others, { doubts, confidence });
  return glossary.length === 0 ? own : withOwnersWords(own, glossary, ENGLISH, input.readings.candidates[0].text);
}

function composed(
  input: ComposeInput,
  best: Reading,
  others: readonly Reading[],
  { doubts, confidence }: { doubts: string[]; confidence: number },
): ComposedTexts {
  return {
    fields: fieldsOf(best, input),
    alternatives: others
      .filter((draft) => draft.problems.length === 0)
      .map((draft) => draft.text)
      .slice(0, MOST_ALTERNATIVES),
    flags: flagsFor({
      kind: pictureKind({ image: input.image, text: best.text, context: input.context, words: input.words }),
      wordsDoubts: input.words == null ? [] : doubtsAboutWords(input.words),
      problems: best.problems,
      confidence,
      doubts,
      linked: input.context?.linked === true,
      currentAltText: input.current?.alt_text ?? '',
    }),
    confidence,
  };
}
