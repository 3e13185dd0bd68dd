import os from 'node:os';
import { bootstrapInterval } from '../../models/evaluation/bootstrap';
import type { ReliabilityBin } from '../../models/evaluation/calibration';
import { thisMachine } from '../captioning/worker-count';
import { version } from '../version';
import { lengthsOf, type Lengths, type ModelFigures } from './figures';
import type { LeftOut, LibraryItem } from './library';

/** What people decided about texts of one model, one by one and with the picture before them. */
export interface DecidedTexts {
  readonly count: number;
  /** The share of good ones by confidence; null where there are none. */
  readonly bins: readonly ReliabilityBin[];
  /** From which confidence on at most one in twenty is bad, by the upper 95 % bound; null: from none. */
  readonly rule: {
    readonly from: number;
    readonly decided: number;
    readonly bad: number;
    readonly upper: number;
  } | null;
}

/** Whether the first of two models scores better on these pictures: the interval of the mean difference, picture by picture. */
export interface Comparison {
  readonly better: string;
  readonly other: string;
  readonly difference: number;
  readonly interval: readonly [low: number, high: number];
}

/** What an evaluation found: the contents of report.json. */
export interface Report {
  readonly altsmith: string;
  readonly created_at: string;
  readonly seed: number;
  /** Of the texts that people wrote. */
  readonly language: string;
  /** Pictures that were compared. */
  readonly images: number;
  readonly left_out: LeftOut & { readonly not_captioned: number };
  readonly machine: { readonly processor: string; readonly cores: number; readonly memory_gb: number };
  readonly person: Lengths;
  readonly models: readonly (ModelFigures & { readonly decisions: DecidedTexts | null })[];
  readonly comparisons: readonly Comparison[];
  readonly judged: readonly { readonly file: string; readonly personFirst: boolean }[];
}

export interface ReportParts {
  readonly items: readonly LibraryItem[];
  readonly leftOut: LeftOut;
  readonly figures: readonly ModelFigures[];
  readonly judged: Report['judged'];
  readonly decisions: (model: ModelFigures) => DecidedTexts | null;
  readonly language: string;
  readonly seed: number;
}

/** Each model with the one behind it. `models`: the best first. */
function comparisonsOf(models: readonly ModelFigures[], seed: number): Comparison[] {
  return models.slice(1).flatMap((other, at) => {
    const better = models[at];
    if (better === undefined) return [];
    const differences = better.pairs.map(({ score }, index) => score - (other.pairs[index]?.score ?? 0));
    const difference = differences.reduce((sum, each) => sum + each, 0) / Math.max(1, differences.length);
    const interval = bootstrapInterval(differences, seed);
    return [{ better: better.model, other: other.model, difference, interval }];
  });
}

export function reportOf({ items, leftOut, figures, judged, decisions, language, seed }: ReportParts): Report {
  const pairs = figures[0]?.pairs ?? [];
  const { cores, memoryBytes } = thisMachine();
  return {
    altsmith: version,
    created_at: new Date().toISOString(),
    seed,
    language,
    images: pairs.length,
    left_out: { ...leftOut, not_captioned: items.length - pairs.length },
    machine: {
      processor: os.cpus()[0]?.model.trim() ?? 'unknown',
      cores,
      memory_gb: Math.round(memoryBytes / 1e9),
    },
    person: lengthsOf(pairs.flatMap(({ person }) => person)),
    models: figures.map((model) => ({ ...model, decisions: decisions(model) })),
    comparisons: comparisonsOf(figures, seed),
    judged: judged.filter(({ file }) => pairs.some((pair) => pair.file === file)),
  };
}
