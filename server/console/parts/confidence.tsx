import type { ModelRef } from '../../contract/primitives';

/** Below the first the server flags a text as unsure (LOW_CONFIDENCE in server/captioning/text/flags.ts). */
const LEVELS = [
  { below: 0.35, word: 'Low', tone: 'bad' },
  { below: 0.7, word: 'Medium', tone: 'warn' },
  { below: Infinity, word: 'High', tone: 'good' },
] as const;

/**
 * A model on another server gives none; the number in its place only keeps it in the middle of the list. That of a model whose
 * confidence nobody measured sorts its own texts, and says no more.
 */
function unknownBecause(model: ModelRef): string | null {
  if (model.precision === 'remote') return 'not known';
  return model.calibrated ? null : 'not measured';
}

/** Whether somebody measured what the number of this model means. */
export const isMeasured = (model: ModelRef) => unknownBecause(model) === null;

export function confidenceInWords(confidence: number, model: ModelRef): string {
  const unknown = unknownBecause(model);
  if (unknown !== null) return unknown;
  const level = LEVELS.find((one) => confidence < one.below) ?? LEVELS[2];
  return `${level.word} (${Math.round(confidence * 100)} %)`;
}

/** 0..1 in a word, a number and a bar. It sorts; it never hides. */
export function Confidence({ value, model }: { value: number; model: ModelRef }) {
  const unknown = unknownBecause(model);
  if (unknown !== null) return <span class="confidence fine">Confidence: {unknown}</span>;
  const level = LEVELS.find((one) => value < one.below) ?? LEVELS[2];
  return (
    <span class="confidence">
      <meter min={0} max={1} low={0.35} high={0.7} optimum={1} value={value} aria-hidden="true" />
      <span>
        <span class="unseen">Confidence: </span>
        {confidenceInWords(value, model)}
      </span>
      <span class="unseen">{level.tone === 'bad' ? 'Compare the text with the picture.' : ''}</span>
    </span>
  );
}
