import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { startsLikeMarianBinary } from '../../checkpoint/marian-binary';
import { ModelError } from '../../model-error';
import { languageOfCode } from './languages';

/** Names under which the files of a student are published, compressed or not. The lexical shortlist (lex.….bin) is not needed. */
const WEIGHTS = /^model\.([\w-]+?)(\.[\w.]+)?\.bin(\.gz)?$/;
const ROLES = {
  vocabulary: /^vocab\.[\w-]+\.spm(\.gz)?$/,
  source: /^srcvocab\.[\w-]+\.spm(\.gz)?$/,
  target: /^trgvocab\.[\w-]+\.spm(\.gz)?$/,
} as const;

/** The files of a student model. */
export interface StudentFiles {
  readonly weights: string;
  /** SentencePiece models; the same file where both languages share one. */
  readonly source: string;
  readonly target: string;
  readonly from: string;
  readonly to: string;
}

/** The name of the weights of a student in a folder; null where it holds none. */
export function findStudent(folder: string): string | null {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return null;
  return (
    readdirSync(folder).find((name) => WEIGHTS.test(name) && startsLikeMarianBinary(path.join(folder, name))) ?? null
  );
}

/** "ende" or "en-de" as two languages; with more letters one of the two has to be English. Throws ModelError. */
export function languagesOfPair(pair: string): { from: string; to: string } {
  const ways = [/^(\w+)-([\w-]+)$/, /^([a-z]{2})([a-z]{2})$/, /^(en)([a-z]{2}\w+)$/, /^([a-z]{2}\w+)(en)$/];
  const [, first = '', second = ''] = ways.map((way) => way.exec(pair)).find((match) => match !== null) ?? [];
  const [from, to] = [languageOfCode(first), languageOfCode(second)];
  if (from !== null && to !== null) return { from, to };
  throw new ModelError(
    'MODEL_FILE_DAMAGED',
    `"${pair}" names no two languages; call the file of the weights for instance model.en-de.bin.`,
  );
}

/** Finds the files of a student. Throws ModelError MODEL_FILE_MISSING where one is not there. */
export function studentFiles(folder: string, weights: string): StudentFiles {
  const names = readdirSync(folder).sort();
  const find = (role: keyof typeof ROLES) => names.find((name) => ROLES[role].test(name));
  const shared = find('vocabulary');
  const [source, target] = [find('source') ?? shared, find('target') ?? shared];
  if (source === undefined || target === undefined) {
    throw new ModelError(
      'MODEL_FILE_MISSING',
      `There is no vocab.….spm (or srcvocab.….spm and trgvocab.….spm) beside ${weights} in ${folder}; download the whole model.`,
    );
  }
  const [, pair = ''] = WEIGHTS.exec(weights) ?? [];
  return { weights, source, target, ...languagesOfPair(pair) };
}
