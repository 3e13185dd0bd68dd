import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { convertCheckpoint } from '../../../models/convert-checkpoint';
import type { KnownModel } from '../../../models/registry';
import { readBlip2Cases, writeBlip2 } from './blip-2-cases';
import { readFlorenceCases, readFlorenceReference, writeFlorence } from './florence-cases';
import {
  readCases,
  readWords,
  weightsOf,
  writeConfig,
  writeWeights,
  type BlipCase,
  type WeightFormat,
} from './blip-cases';

/** What a hub would say of the folder's files. */
function filesIn(folder: string) {
  return readdirSync(folder).map((name) => {
    const content = readFileSync(path.join(folder, name));
    return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  });
}

export const TINY_COMMIT = '82a37760796d32b1411fe092ab5d4e227313294b';
export const TINY_REPO = 'Salesforce/blip-image-captioning-base';

/** Writes a checkpoint of random weights into the folder that a hub serves; gives the model that names it. */
export function publishTiny(folder: string, blip: BlipCase, format: WeightFormat): KnownModel {
  writeConfig(folder, blip, readWords());
  writeWeights(folder, format, weightsOf(blip));
  const files = filesIn(folder);
  return {
    id: 'tiny-blip',
    architecture: 'blip',
    title: 'a tiny BLIP of random weights',
    answers_questions: blip.question,
    demonstration: false,
    licence: 'BSD-3-Clause',
    source: { repo: TINY_REPO, commit: TINY_COMMIT, files },
    golden: [],
  };
}

/** The same for a Florence-2, as Microsoft lays it out. */
export function publishTinyFlorence(folder: string, at = 8): KnownModel {
  writeFlorence(folder, readFlorenceCases()[at]!, 'microsoft', readFlorenceReference().rows.microsoft);
  return {
    id: 'tiny-florence',
    architecture: 'florence-2',
    title: 'a tiny Florence-2 of random weights',
    answers_questions: false,
    demonstration: false,
    licence: 'MIT',
    source: { repo: TINY_REPO, commit: TINY_COMMIT, files: filesIn(folder) },
    golden: [],
  };
}

/** The same for a BLIP-2, in parts. */
export function publishTinyBlip2(folder: string, at = 6): KnownModel {
  writeBlip2(folder, readBlip2Cases()[at]!, 'safetensors in parts');
  return {
    id: 'tiny-blip-2',
    architecture: 'blip-2',
    title: 'a tiny BLIP-2 of random weights',
    answers_questions: false,
    demonstration: false,
    licence: 'MIT',
    source: { repo: TINY_REPO, commit: TINY_COMMIT, files: filesIn(folder) },
    golden: [],
  };
}

const TINY = {
  BLIP: (folder: string) => publishTiny(folder, readCases()[0]!, 'model.safetensors'),
  'Florence-2': (folder: string) => publishTinyFlorence(folder),
  'BLIP-2': (folder: string) => publishTinyBlip2(folder),
} as const;
export type Architecture = keyof typeof TINY;
export const ARCHITECTURES = Object.keys(TINY) as Architecture[];

/** A folder below `scratch` with a converted model of random weights, in int8. */
export async function convertTiny(scratch: string, architecture: Architecture): Promise<string> {
  const folder = mkdtempSync(path.join(scratch, 'model-'));
  const source = path.join(folder, 'checkpoint');
  mkdirSync(source);
  TINY[architecture](source);
  const target = path.join(folder, 'model');
  await convertCheckpoint({ source, target, precision: 'int8' });
  return target;
}
