import { z } from 'zod';
import { hasCheckpointFile, readCheckpointJson } from '../../checkpoint/checkpoint-json';
import type { Translation } from '../../model-folder/manifest';
import { canonicalTag } from '../../languages';
import { KIND } from './config';

const Names = z.object({ source_lang: z.string().nullish(), target_lang: z.string().nullish() });

/** `>>por<<`: what a text for a model with several targets begins with. */
const CODE = /^>>([\w-]+)<<$/;
/** Codes of OPUS-MT that are neither of ISO 639 nor of BCP 47. */
const OWN_CODES: Readonly<Record<string, string>> = { pob: 'pt-BR', cmn: 'zh', nob: 'nb', nno: 'nn', arz: 'arz' };

/** The language that a code of OPUS-MT means; null where none is known. */
export function languageOfCode(code: string): string | null {
  const [first = '', ...rest] = code.replaceAll('_', '-').split('-');
  return canonicalTag([OWN_CODES[first] ?? first, ...rest].join('-'));
}

/** From which language into which a checkpoint translates: one, or those that its vocabulary has codes for. */
export function readLanguages(
  folder: string,
  vocabulary: ReadonlyMap<string, number>,
): Pick<Translation, 'from' | 'targets'> {
  const file = 'tokenizer_config.json';
  const names = hasCheckpointFile(folder, file) ? readCheckpointJson(Names, folder, file, KIND) : {};
  const from = languageOfCode(names.source_lang ?? '') ?? 'en';
  const coded = [...vocabulary].flatMap(([piece, token]) => {
    const language = languageOfCode(CODE.exec(piece)?.[1] ?? '');
    return language === null ? [] : [{ language, token }];
  });
  const first = [...new Map(coded.reverse().map((target) => [target.language, target])).values()].reverse();
  if (first.length > 0) return { from, targets: first };
  return { from, targets: [{ language: languageOfCode(names.target_lang ?? '') ?? 'und', token: null }] };
}
