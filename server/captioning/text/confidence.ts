import type { Caption, Label } from '../../../models/captioner';
import type { Reading } from '../../contract/worker';
import type { Word } from './words';

/**
 * From here on the model's own classifier is taken seriously when the sentence disagrees with it: measured, in
 * models/mini/README.md.
 */
const SURE_LABEL = 0.4;
/** A text that had to be mended, or that another part of the model contradicts, is never sorted above this. */
const MOST_FOR_TROUBLED = 0.3;

/** The class the model is sure to see although the text names nothing of the kind; null when the two agree. */
export function unnamedThing(words: readonly Word[], labels: readonly Label[]): string | null {
  const lemmas = words.map((word) => word.lemma).filter((lemma) => lemma.length >= 3);
  const [top] = [...labels].sort((one, other) => other.probability - one.probability);
  if (top?.kin === undefined || top.probability < SURE_LABEL) return null;
  const parts = [top.name, ...top.kin]
    .join(' ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const named = parts.some((part) =>
    lemmas.some((lemma) => part.length >= 3 && (part.includes(lemma) || lemma.includes(part))),
  );
  return named ? null : top.name;
}

/** The model's calibrated confidence, 0..1, lowered where the text itself gives reason for doubt. */
export function textConfidence(caption: Caption, best: Reading, doubts: number): number {
  const given = Number.isFinite(caption.confidence) ? Math.min(1, Math.max(0, caption.confidence)) : 0;
  const troubled = best.problems.length > 0 || doubts > 0;
  return Math.round((troubled ? Math.min(given, MOST_FOR_TROUBLED) : given) * 1000) / 1000;
}
