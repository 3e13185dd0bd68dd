import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Manifest } from '../../model-folder/manifest';
import { withFiles } from '../../file-problem';
import { ModelError } from '../../model-error';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { openCheckpoint } from '../../checkpoint/open';
import { writeModelFolder } from '../../model-folder/write';
import { targetFolder } from '../../model-folder/target-folder';
import { ExternalData } from '../../onnx/external-data';
import type { GraphBuilder } from '../../onnx/graph';
import { readBlipConfig, type BlipConfig } from './config';
import { buildDecoder } from './decoder-graph';
import { describeBlip } from './describe';
import { buildQuestion } from './question-graph';
import { buildVision, type Target } from './vision-graph';
import type { Precision } from '../../graph/weights';

export interface BlipConversion {
  /** A checkpoint as the hub lays it out. */
  readonly source: string;
  /** The file of weights that was verified; default: whichever is there. */
  readonly weights?: string;
  /** The model folder to write; an existing one is replaced as one act, anything else is left alone. */
  readonly target: string;
  readonly precision: Precision;
  /** Id and licence of the model; default: the name of the source folder, and "unknown". */
  readonly id?: string;
  readonly licence?: string;
  /** Written as LICENSE.txt beside the graphs; else the checkpoint's own LICENSE file is copied, if it has one. */
  readonly licenceText?: string;
  /** Told the bytes of weights written so far and in all. */
  readonly progress?: (done: number, total: number) => void;
}

const LICENCE_FILE = 'LICENSE.txt';
const VOCABULARY_FILE = 'vocab.txt';
const Tokenizer = z.object({ model: z.object({ vocab: z.record(z.string(), z.number().int().nonnegative()) }) });

/** The words of a tokenizer.json in the order of their ids. */
function vocabularyOfTokenizer(file: string): string[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ModelError('MODEL_FILE_DAMAGED', `${file} is not JSON; download it again.`, { cause });
  }
  const parsed = Tokenizer.safeParse(json);
  if (!parsed.success) throw new ModelError('MODEL_FILE_DAMAGED', `${file} is not a WordPiece tokenizer.`);
  const words: string[] = [];
  for (const [word, id] of Object.entries(parsed.data.model.vocab)) words[id] = word;
  return Array.from(words, (word: string | undefined) => word ?? '');
}

function readVocabulary(folder: string): string[] {
  const plain = path.join(folder, VOCABULARY_FILE);
  const whole = path.join(folder, 'tokenizer.json');
  if (existsSync(plain))
    return readFileSync(plain, 'utf8')
      .replace(/\r?\n$/, '')
      .split(/\r?\n/);
  if (existsSync(whole)) return vocabularyOfTokenizer(whole);
  throw new ModelError('MODEL_FILE_MISSING', `There is neither vocab.txt nor tokenizer.json in ${folder}.`);
}

type Build = (checkpoint: Checkpoint, config: BlipConfig, target: Target) => GraphBuilder;

function graphsOf(config: BlipConfig): Record<string, Build> {
  return {
    vision: buildVision,
    ...(config.question ? { question: buildQuestion } : {}),
    decoder: buildDecoder,
  };
}

function writeLicence(draft: string, { source, licenceText }: BlipConversion): boolean {
  const target = path.join(draft, LICENCE_FILE);
  const own = ['LICENSE', LICENCE_FILE].map((name) => path.join(source, name)).find((file) => existsSync(file));
  if (licenceText !== undefined) writeFileSync(target, licenceText);
  else if (own !== undefined) copyFileSync(own, target);
  return existsSync(target);
}

function bytesOf(checkpoint: Checkpoint): number {
  let total = 0;
  for (const { type, dims } of checkpoint.tensors.values()) {
    if (type !== 'I64') total += dims.reduce((product, dim) => product * dim, 4);
  }
  return total;
}

/**
 * Turns an official BLIP checkpoint into a model folder: ONNX graphs, their weights, the vocabulary and the manifest.
 * Weights pass through memory one at a time. Throws ModelError when the checkpoint is damaged or of another kind,
 * when a file cannot be read or written, and when the target holds something that is no model.
 */
export function convertBlip(conversion: BlipConversion): Promise<Manifest> {
  return withFiles(() => writeBlip(conversion));
}

async function writeBlip(conversion: BlipConversion): Promise<Manifest> {
  const { source, target, precision } = conversion;
  targetFolder(target, [source]);
  const config = readBlipConfig(source);
  const vocabulary = readVocabulary(source);
  const checkpoint = openCheckpoint(source, conversion.weights);
  const graphs = Object.entries(graphsOf(config));
  const names = [...graphs.flatMap(([name]) => [`${name}.onnx`, `${name}.data`]), VOCABULARY_FILE];
  const total = bytesOf(checkpoint);
  let done = 0;
  const progress = (bytes: number) => {
    done += bytes;
    conversion.progress?.(Math.min(done, total), total);
  };
  try {
    return await writeModelFolder({
      target,
      sources: [source],
      names,
      fill: (draft) => {
        for (const [name, build] of graphs) {
          const external = new ExternalData(path.join(draft, `${name}.data`));
          try {
            build(checkpoint, config, { precision, external, progress }).write(path.join(draft, `${name}.onnx`));
          } finally {
            external.close();
          }
        }
        writeFileSync(path.join(draft, VOCABULARY_FILE), `${vocabulary.join('\n')}\n`);
        if (writeLicence(draft, conversion)) names.push(LICENCE_FILE);
        conversion.progress?.(total, total);
        const id = conversion.id ?? path.basename(path.resolve(source));
        const licence = conversion.licence ?? 'unknown: see where the checkpoint came from';
        return Promise.resolve(describeBlip(config, { id, licence, precision, vocabulary }));
      },
    });
  } finally {
    checkpoint.close();
  }
}
