import { z } from 'zod';
import type { Label } from '../captioner';
import { ModelError } from '../model-error';

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
 * The classifier's word against the sentence: when it is sure what the picture is about, and the sentence names nothing of
 * the kind, the plain noun is the safer text. Null when the two agree, or the classifier is not sure.
 */
export function secondOpinion(
  sentence: string,
  labels: readonly Label[],
  groups: readonly LabelGroup[],
  say: number,
): SecondOpinion | null {
  const [label] = labels;
  const group = groups.find(({ noun }) => noun === label?.name);
  if (label === undefined || group === undefined || !group.subject || label.probability < say) return null;
  return names(sentence, group) ? null : { text: group.phrase, label };
}
