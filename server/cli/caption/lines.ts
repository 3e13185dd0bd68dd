import type { EngineResult } from '../../captioning/engine';
import { polishAltText } from '../../captioning/text/alt-text';
import type { AppError } from '../../errors';

const round = (value: number, digits: number) => Number(value.toFixed(digits));

function timings({ decode, vision, text, total }: EngineResult['timingsMs']) {
  return { decode: round(decode, 1), vision: round(vision, 1), text: round(text, 1), total: round(total, 1) };
}

function modelOf({ id, precision, demonstration }: EngineResult['model']) {
  return { id, precision, demonstration };
}

function jsonOf(file: string, result: EngineResult): Record<string, unknown> {
  const rest = { timings_ms: timings(result.timingsMs), model: modelOf(result.model) };
  const { caption, answer } = result;
  if (caption === null) {
    const { text, tokens, confidence } = answer ?? { text: '', tokens: [], confidence: 0 };
    return { file, answer: text, tokens, confidence: round(confidence, 4), ...rest };
  }
  const [best, ...others] = caption.candidates;
  return {
    file,
    caption: best.text,
    alt_text: polishAltText(best.text).text,
    tokens: best.tokens,
    confidence: round(caption.confidence, 4),
    alternatives: others.map((candidate) => polishAltText(candidate.text).text),
    ...rest,
  };
}

/** What is printed for a picture: one JSON object, or "file: text", each a line. */
export function resultLine(file: string, result: EngineResult, json: boolean): string {
  if (json) return `${JSON.stringify(jsonOf(file, result))}\n`;
  const text =
    result.caption === null ? (result.answer?.text ?? '') : polishAltText(result.caption.candidates[0].text).text;
  return `${file}: ${text}\n`;
}

/** The catalogue's sentence, and for a model that does not load the reason. */
export function sentenceOf(error: AppError): string {
  const { cause } = error;
  const isModel = error.code.startsWith('MODEL_') && cause instanceof Error;
  return `${isModel ? cause.message : error.sentence} (${error.code})`;
}

/** The JSON line of a picture that got no text. */
export function failureLine(file: string, error: AppError): string {
  const { code, retryable } = error;
  return `${JSON.stringify({ file, error: { code, message: error.sentence, retryable } })}\n`;
}
