import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../../models/model-folder/manifest';
import { knownModels, type Golden } from '../../../models/registry';
import { listen, type Said } from './agreement';

/** What came of a published case. */
export interface GoldenResult {
  readonly picture: string;
  readonly due: string;
  /** null: the picture is not here. */
  readonly said: string | null;
  readonly passed: boolean | null;
}

function dueOf({ text, tokens }: Golden): string {
  return text ?? tokens.map((each) => each.join(' ')).join(' or ');
}

function isMet(golden: Golden, { text, tokens }: Said): boolean {
  if (golden.text !== null) return text === golden.text;
  return golden.tokens.some((due) => due.join() === tokens.join());
}

async function runGolden(golden: Golden, folder: string, pictures: string | null): Promise<GoldenResult> {
  const file = pictures === null ? null : path.join(pictures, golden.picture);
  const due = dueOf(golden);
  if (file === null || !existsSync(file)) return { picture: golden.picture, due, said: null, passed: null };
  const options = { beams: 1, ...(golden.prompt === null ? {} : { prompt: golden.prompt }) };
  const [said] = await listen(folder, { files: [file], question: golden.question, options });
  if (said === undefined) return { picture: golden.picture, due, said: null, passed: null };
  return {
    picture: golden.picture,
    due,
    said: golden.text === null ? said.tokens.join(' ') : said.text,
    passed: isMet(golden, said),
  };
}

/** What a model says about the published pictures that are in a folder; nothing for a model that nobody has published cases of. */
export async function runGoldens({ id }: Manifest, folder: string, pictures: string | null): Promise<GoldenResult[]> {
  const results: GoldenResult[] = [];
  for (const golden of knownModels().find((model) => model.id === id)?.golden ?? []) {
    results.push(await runGolden(golden, folder, pictures));
  }
  return results;
}
