import { z } from 'zod';
import type { Caption, Label } from '../../captioner';
import { ModelError } from '../../model-error';
import type { Manifest } from '../../model-folder/manifest';

/** Numbers and ranges of numbers: "281-285 383". */
const Classes = z
  .string()
  .regex(/^\d+(-\d+)?( \d+(-\d+)?)*$/)
  .transform((text) => text.split(' ').flatMap(numbersOf));

const Group = z.object({
  /** A plain word for several classes of the classifier. */
  noun: z.string(),
  /** The same as alt text. */
  phrase: z.string(),
  classes: Classes,
  /** Other words of a caption that name the thing, or something that it is a kind of. */
  also: z.string().transform((text) => text.split(' ').filter((word) => word !== '')),
  /** Whether a picture is about such a thing; other things (clothes, places, balls) are seen beside what it is about. */
  subject: z.boolean(),
});
export type LabelGroup = z.infer<typeof Group>;

type Thresholds = NonNullable<Manifest['second_opinion']>;

export interface SecondOpinion {
  readonly text: string;
  readonly label: Label;
}

/** More labels than this are noise. */
const MOST_LABELS = 5;

function numbersOf(range: string): number[] {
  const [first = NaN, last = first] = range.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Reads the labels.json of a model. Throws ModelError when it is not one. */
export function parseLabelGroups(text: string): LabelGroup[] {
  try {
    return z.array(Group).parse(JSON.parse(text));
  } catch (cause) {
    throw new ModelError('MODEL_FILE_DAMAGED', 'The labels of the model cannot be read; pull it again.', { cause });
  }
}

function softmax(logits: Float32Array): Float32Array {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** What the image classifier sees in plain nouns: probabilities of a noun's classes summed, best first. */
export function labelsOf(logits: Float32Array, groups: readonly LabelGroup[], least: number): Label[] {
  const probabilities = softmax(logits);
  return groups
    .map(({ noun, classes, also, subject }) => ({
      name: noun,
      probability: classes.reduce((sum, index) => sum + (probabilities[index] ?? 0), 0),
      ...(subject && { kin: also }),
    }))
    .filter(({ probability }) => probability >= least)
    .sort((a, b) => b.probability - a.probability)
    .slice(0, MOST_LABELS);
}

/** True when the sentence has a word for the thing, in the singular or the plural. */
function names(sentence: string, group: LabelGroup): boolean {
  const words = new Set(sentence.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  const known = [...group.noun.split(' '), ...group.also];
  return known.some((word) => [word, `${word}s`, `${word}es`].some((form) => words.has(form)));
}

/**
 * The classifier's word against the sentence: what it sees the picture to be about, with a probability of `least` or more,
 * when the sentence names nothing of the kind. Null when the two agree, or the classifier is less sure.
 */
export function contradiction(
  sentence: string,
  labels: readonly Label[],
  groups: readonly LabelGroup[],
  least: number,
): SecondOpinion | null {
  const [label] = labels;
  const group = groups.find(({ noun }) => noun === label?.name);
  if (label === undefined || group === undefined || !group.subject || label.probability < least) return null;
  return names(sentence, group) ? null : { text: group.phrase, label };
}

/**
 * The caption with the labels of the classifier's logits. A sentence that these contradict is worth less the surer they are;
 * from `say` on the plain noun is offered instead.
 */
export function lookAgain(
  caption: Caption,
  logits: Float32Array,
  groups: readonly LabelGroup[],
  thresholds: Thresholds,
): Caption {
  const labels = labelsOf(logits, groups, thresholds.label);
  const against = contradiction(caption.candidates[0].text, labels, groups, thresholds.doubt);
  if (against === null) return { ...caption, labels, secondOpinion: null };
  const { probability } = against.label;
  const confidence = caption.confidence * (1 - probability);
  return { ...caption, labels, secondOpinion: probability < thresholds.say ? null : against, confidence };
}
