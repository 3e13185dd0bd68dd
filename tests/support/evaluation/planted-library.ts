import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EvaluationParts } from '../../../server/evaluation/evaluate';
import { readLibrary } from '../../../server/evaluation/library';
import { FakeEngine } from '../fake-engine';

const THINGS = ['dog', 'boat', 'bridge', 'teapot', 'ladder', 'violin', 'lighthouse', 'tractor', 'pumpkin', 'mailbox'];
const PLACES = ['on a pier', 'beside a lake', 'in a kitchen', 'under a tree', 'at a market', 'in the snow'];

/** What a person says of a planted picture. */
export const personsText = (at: number) => `A ${THINGS[at % THINGS.length]!} ${PLACES[at % PLACES.length]!} at noon`;

/** A folder of `count` planted pictures, whose bytes are their numbers. */
export function plantLibrary(folder: string, count: number, more: readonly object[] = []): string {
  mkdirSync(folder, { recursive: true });
  const entries = Array.from({ length: count }, (_, at) => ({ file: `${at}.jpg`, alt_texts: [personsText(at)] }));
  for (const { file } of entries) writeFileSync(path.join(folder, file), file.replace('.jpg', ''));
  writeFileSync(path.join(folder, 'alt-texts.json'), JSON.stringify([...entries, ...more]));
  return folder;
}

/** A model that says what `says` makes of the picture's number. */
export function plantedModel(name: string, says: (at: number) => string, before?: () => void) {
  const engine = new FakeEngine();
  engine.model = { ...engine.model, id: name };
  engine.says = (bytes) => says(Number(Buffer.from(bytes).toString()));
  if (before !== undefined) engine.before = before;
  const opened = { name, engine, pids: () => [], close: () => Promise.resolve() };
  return { engine, name, open: () => Promise.resolve(opened) };
}

/** What an evaluation of planted models needs. */
export async function plantedParts(folder: string, models: EvaluationParts['models']): Promise<EvaluationParts> {
  const library = await readLibrary(path.join(folder, 'pictures'), { limit: null, seed: 1 });
  return {
    library,
    folder: path.join(folder, 'out'),
    language: 'en',
    seed: 1,
    models,
    translate: null,
    decisions: () => null,
    signal: new AbortController().signal,
    step: () => undefined,
  };
}
