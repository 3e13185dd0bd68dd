import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../models/durable';
import { bestLanguage } from '../../models/languages';
import { PRECISION_FOLDERS } from '../../models/locate-model';
import { MANIFEST_FILE, parseManifest } from '../../models/model-folder/manifest';
import { ModelError } from '../../models/model-error';
import { fingerprintOfModel } from '../../models/fingerprint';
import { knownModels } from '../../models/registry';

/** Which model was chosen for a language, in the folder of pulled models. */
const CHOICES_FILE = 'languages.json';
const Choices = z.record(z.string(), z.string());

/** A translator that is here, and a language that it translates into. */
export interface Pair {
  readonly model: string;
  readonly precision: string;
  readonly folder: string;
  readonly from: string;
  readonly to: string;
  /** Stands for its weights. */
  readonly version: string;
}

function pairsIn(folder: string): Pair[] {
  const file = path.join(folder, MANIFEST_FILE);
  if (!existsSync(file)) return [];
  try {
    const manifest = parseManifest(readFileSync(file, 'utf8'), folder);
    const { id: model, precision, translation } = manifest;
    const version = fingerprintOfModel(manifest);
    const { from = 'en', targets = [] } = translation ?? {};
    return targets.map(({ language: to }) => ({ model, precision, folder, from, to, version }));
  } catch (error) {
    // A damaged folder is reported by whoever names it; the others stay of use.
    if (error instanceof ModelError) return [];
    throw error;
  }
}

/** Every pair of the folder of pulled models: those of the registry first, in its order, others by name. */
export function pairsHere(pulled: string): Pair[] {
  if (!existsSync(pulled)) return [];
  const known = knownModels().map(({ id }) => id);
  const rank = (id: string) => (known.includes(id) ? known.indexOf(id) : known.length);
  const names = readdirSync(pulled, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return names.flatMap((name) => {
    const places = [
      path.join(pulled, name),
      ...PRECISION_FOLDERS.map((precision) => path.join(pulled, name, precision)),
    ];
    // Of one model in several precisions the first, as everywhere.
    return places.map(pairsIn).find((pairs) => pairs.length > 0) ?? [];
  });
}

function readChoices(pulled: string): Record<string, string> {
  const file = path.join(pulled, CHOICES_FILE);
  if (!existsSync(file)) return {};
  try {
    return Choices.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // A damaged note is as good as none.
    return {};
  }
}

/** The pair for a language: of the model that was chosen for it, else of the first that has it; null where none is here. */
export function findPair(pulled: string, to: string, from = 'en', model: string | null = null): Pair | null {
  const pairs = pairsHere(pulled).filter((pair) => pair.from === from && (model === null || pair.model === model));
  const language = bestLanguage(to, [...new Set(pairs.map((pair) => pair.to))]);
  const fitting = pairs.filter((pair) => pair.to === language);
  const chosen = language === null ? undefined : readChoices(pulled)[language];
  return fitting.find((pair) => pair.model === chosen) ?? fitting[0] ?? null;
}

/** Remembers which model translates into a language. Throws MODEL_FILE_MISSING where it is not here or does not. */
export function choosePair(pulled: string, to: string, model: string | null): Pair {
  const pair = findPair(pulled, to, 'en', model);
  if (pair === null) throw new ModelError('MODEL_FILE_MISSING', missingPair(to));
  const choices = { ...readChoices(pulled), [pair.to]: pair.model };
  replaceFile(path.join(pulled, CHOICES_FILE), `${JSON.stringify(choices, null, 1)}\n`);
  return pair;
}

/** What to do where no translator for a language is here. */
export function missingPair(to: string): string {
  const offered = knownModels().filter(({ translation }) => bestLanguage(to, translation?.to ?? []) !== null);
  return offered.length === 0
    ? `No model is known that translates into "${to}"; "altsmith languages list" names the languages there are.`
    : `The language "${to}" has not been pulled; run "altsmith languages pull ${to}".`;
}
