import { bootstrapInterval, shuffled } from '../../models/evaluation/bootstrap';
import { captionWords } from '../../models/evaluation/caption-words';
import { ciderScores } from '../../models/evaluation/cider';
import type { ModelInfo } from '../../models/captioner';
import type { Outcome } from './evaluation-log';
import type { LibraryItem } from './library';
import { compareNouns, type NounDifference } from './nouns';
import { segmentedWords } from './text-language';

/** What a person and a model say of one picture. */
export interface Pair {
  readonly file: string;
  readonly person: readonly string[];
  readonly machine: string;
  /** CIDEr-D of this picture, 0..10. */
  readonly score: number;
  readonly confidence: number;
}

/** Length of texts, in words and in characters. */
export interface Lengths {
  readonly words: number;
  readonly characters: number;
}

/** How one model did. `cider_d` is the mean over the pictures, 0..10, as pycocoevalcap prints it. */
export interface ModelFigures {
  readonly model: string;
  readonly precision: string;
  readonly fingerprint: string | null;
  readonly demonstration: boolean;
  readonly calibrated: boolean;
  /** What its confidence was measured on; null where it was not, or the model does not say. */
  readonly calibrated_on: string | null;
  readonly cider_d: number;
  /** 95 % interval of the mean. */
  readonly interval: readonly [low: number, high: number];
  /** Mean lengths of what the model says. */
  readonly lengths: Lengths;
  /** Null where the texts are not in English. */
  readonly nouns: NounDifference | null;
  /** Different texts; 1 for a model that says the same to every picture. */
  readonly different_texts: number;
  readonly seconds_per_image: number | null;
  readonly megabytes: number | null;
  readonly pairs: readonly Pair[];
}

export interface Compared {
  readonly name: string;
  readonly info: ModelInfo;
  readonly outcomes: readonly Outcome[];
}

const ENGLISH = 'en';
const round = (value: number, digits: number) => Number(value.toFixed(digits));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? null;
}

/** Mean lengths of texts. */
export function lengthsOf(texts: readonly string[]): Lengths {
  const words = texts.map((text) => text.split(/\s+/).filter((word) => word !== '').length);
  return { words: round(mean(words), 1), characters: round(mean(texts.map((text) => Array.from(text).length)), 1) };
}

/** Pictures that every model has a text for: only over the same pictures do scores compare. */
export function commonItems(items: readonly LibraryItem[], models: readonly Compared[]): LibraryItem[] {
  return items.filter((_, at) => models.every(({ outcomes }) => typeof outcomes[at]?.text === 'string'));
}

/** The figures of each model, the best first. `language` is that of the texts. */
export function figuresOf(
  items: readonly LibraryItem[],
  models: readonly Compared[],
  { language, seed }: { readonly language: string; readonly seed: number },
): ModelFigures[] {
  const common = new Set(commonItems(items, models));
  const wordsOf = (text: string) => (language === ENGLISH ? captionWords(text) : segmentedWords(text, language));
  const figures = models.map(({ name, info, outcomes }) => {
    const said = items.flatMap((item, at) => {
      const outcome = outcomes[at];
      return common.has(item) && typeof outcome?.text === 'string' ? [{ item, outcome, text: outcome.text }] : [];
    });
    const scores = ciderScores(said.map(({ item, text }) => ({ said: wordsOf(text), due: item.texts.map(wordsOf) })));
    const pairs = said.map(({ item, outcome, text }, at) => ({
      file: item.file,
      person: item.texts,
      machine: text,
      score: scores[at] ?? 0,
      confidence: outcome.confidence,
    }));
    const [low, high] = bootstrapInterval(scores, seed);
    const memory = outcomes.flatMap(({ megabytes }) => megabytes ?? []);
    return {
      model: name,
      precision: info.precision,
      fingerprint: info.fingerprint ?? null,
      demonstration: info.demonstration,
      calibrated: info.calibrated,
      calibrated_on: info.calibratedOn ?? null,
      cider_d: mean(scores),
      interval: [low, high] as const,
      lengths: lengthsOf(said.map(({ text }) => text)),
      nouns: language === ENGLISH ? compareNouns(pairs) : null,
      different_texts: new Set(said.map(({ text }) => text.toLowerCase())).size,
      seconds_per_image: median(said.map(({ outcome }) => outcome.seconds)),
      megabytes: memory.length === 0 ? null : Math.max(...memory),
      pairs,
    };
  });
  return figures.sort((one, other) => other.cider_d - one.cider_d);
}

/** Pictures that a person judges blind. */
const JUDGED = 20;

/** The pictures to judge, drawn by lot, and for each whether the person's text is shown first. The same for all models. */
export function judgedPictures(
  items: readonly Pick<LibraryItem, 'file'>[],
  seed: number,
): { file: string; personFirst: boolean }[] {
  const drawn = shuffled(items, seed + 1).slice(0, JUDGED);
  const first = new Set(shuffled(drawn, seed + 2).slice(0, drawn.length >> 1));
  return drawn.map((item) => ({ file: item.file, personFirst: first.has(item) }));
}
