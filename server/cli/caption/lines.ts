import type { EngineResult } from '../../captioning/engine';
import { modelRefOf } from '../../captioning/model-ref';
import type { Readings } from '../../contract/worker';
import type { Replaced } from '../../glossary/replace';
import type { TranslatedAltText } from '../../translating/translate-alt-text';
import type { AppError, ErrorCode } from '../../errors';

const round = (value: number, digits: number) => Number(value.toFixed(digits));

function timings({ decode, vision, text, total }: EngineResult['timingsMs']) {
  return { decode: round(decode, 1), vision: round(vision, 1), text: round(text, 1), total: round(total, 1) };
}

/**
 * The text to use, and the other ones: the sentences of the search, after the plain noun of the image classifier where
 * that is sure of something that the best sentence does not name.
 */
export function captionTexts({ candidates, second_opinion }: Readings): { altText: string; alternatives: string[] } {
  const all = second_opinion === null ? candidates : [second_opinion, ...candidates];
  const [altText = '', ...alternatives] = all.map(({ text }) => text);
  return { altText, alternatives };
}

/** What became of a picture; its text in another language where one was wanted. */
export type Described = EngineResult & {
  readonly translated?: TranslatedAltText;
  /** Where a glossary was given: what its words took the place of, in the English text. */
  readonly replaced?: readonly Replaced[];
};

/** The text in another language, with what it came from. */
function translatedJson(translated: TranslatedAltText, sourceTokens: readonly number[]): Record<string, unknown> {
  const { language, source, text, alternatives, problems, translation, model } = translated;
  return {
    alt_text: text,
    tokens: translation.candidates[0].tokens,
    alternatives,
    language,
    source,
    source_tokens: sourceTokens,
    translator: model,
    problems,
  };
}

function jsonOf(file: string, result: Described): Record<string, unknown> {
  const rest = { timings_ms: timings(result.timingsMs), model: modelRefOf(result.model) };
  const { caption, readings, answer } = result;
  if (caption === null || readings === null) {
    const { text, tokens, confidence } = answer ?? { text: '', tokens: [], confidence: 0 };
    return { file, answer: text, tokens, confidence: round(confidence, 4), ...rest };
  }
  const [best] = caption.candidates;
  const { altText, alternatives } = captionTexts(readings);
  return {
    file,
    caption: best.text,
    alt_text: altText,
    tokens: best.tokens,
    confidence: round(caption.confidence, 4),
    alternatives,
    ...(result.replaced === undefined ? {} : { replaced: result.replaced }),
    ...(result.translated === undefined ? {} : translatedJson(result.translated, best.tokens)),
    ...rest,
  };
}

/** What is printed for a picture: one JSON object, or "file: text", each a line. */
export function resultLine(file: string, result: Described, json: boolean): string {
  if (json) return `${JSON.stringify(jsonOf(file, result))}\n`;
  const { readings, answer } = result;
  const english = readings === null ? (answer?.text ?? '') : captionTexts(readings).altText;
  const text = result.translated?.text ?? english;
  return `${file}: ${text}\n`;
}

/** Where the catalogue speaks of a request, and this command knows better. */
const OWN_SENTENCES: Partial<Record<ErrorCode, string>> = {
  IMAGE_MISSING: 'Standard input holds neither a picture nor the name of one.',
  STORAGE_UNAVAILABLE:
    'The table cannot be written there; name a file in a folder that is there and may be written to.',
};

/** The catalogue's sentence, and for a model that does not load the reason. */
function messageOf({ code, sentence, cause }: AppError): string {
  // There is no request here: what is wrong with it only the model's own sentence tells.
  const isModel = (code.startsWith('MODEL_') || code === 'BAD_REQUEST') && cause instanceof Error;
  return isModel ? cause.message : (OWN_SENTENCES[code] ?? sentence);
}

/** What a person reads of a failure. */
export function sentenceOf(error: AppError): string {
  return `${messageOf(error)} (${error.code})`;
}

/** The JSON line of a picture that got no text, or, without a file, of a run that could not begin. */
export function failureLine(file: string | null, error: AppError): string {
  const { code, retryable } = error;
  const failure = { error: { code, message: messageOf(error), retryable } };
  return `${JSON.stringify(file === null ? failure : { file, ...failure })}\n`;
}
