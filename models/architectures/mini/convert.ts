import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MAGIC, MANIFEST_VERSION, type Manifest } from '../../model-folder/manifest';
import { withFiles } from '../../file-problem';
import { shippedFolder } from '../../locate-model';
import { openSafetensors } from '../../checkpoint/safetensors';
import { writeModelFolder } from '../../model-folder/write';
import { targetFolder } from '../../model-folder/target-folder';
import { ExternalData } from '../../onnx/external-data';
import { readArchitecture, IMAGE_SIZE, type MiniArchitecture } from './architecture';
import { buildDecoder } from './decoder-graph';
import { buildVision } from './vision-graph';
import type { MiniPrecision } from './weights';

/** First lines of mini's vocab.txt: [PAD] [UNK] [CLS] [SEP] [MASK] [DEC]. */
const TOKENS = { unknown: 1, classify: 2, start: 5, end: 3, separate: 3 };
const SPECIAL = [0, 1, 2, 3, 4, 5];
/** Everything special but the end token: never said, as in the reference's search. */
const BANNED = [0, 1, 2, 4, 5];

/**
 * [mean log-probability, confidence]: the share of sentences that a person would let stand. On 674 photographs like those it
 * learned from it is 0.54 to 0.93; half the pictures of a website (a quarter where it is surest) are taken to be outside
 * its world, where it is 0.05. How that was measured: models/mini/README.md.
 */
const CONFIDENCE: [number, number][] = [
  [-1.3, 0.05],
  [-0.92, 0.3],
  [-0.72, 0.35],
  [-0.56, 0.41],
  [-0.43, 0.42],
  [-0.31, 0.71],
  [-0.2, 0.8],
];

const CALIBRATED_ON =
  '500 photographs of Flickr8k and 174 of COCO; that half of the pictures of a website are unlike them is assumed';

/** Measured on 1,409 photographs whose things are known: the table is in models/mini/README.md. */
const SECOND_OPINION = { labels: 'labels.json', label: 0.2, doubt: 0.4, say: 0.5 };

function manifestOf(a: MiniArchitecture, precision: MiniPrecision): Omit<Manifest, 'files'> {
  return {
    magic: MAGIC,
    version: MANIFEST_VERSION,
    architecture: 'mini',
    id: 'mini',
    precision,
    demonstration: true,
    licence: 'see README.md: encoder Apache-2.0, trained on Flickr8k; for demonstration and evaluation',
    graphs: { vision: 'vision.onnx', decoder: 'decoder.onnx', question: null },
    dims: {
      image_size: IMAGE_SIZE,
      image_tokens: a.imageTokens,
      layers: a.layers,
      heads: a.heads,
      head_size: a.headSize,
      vocabulary: a.vocabulary,
      positions: a.positions,
    },
    tokens: TOKENS,
    text: {
      vocabulary: 'vocab.txt',
      special: SPECIAL,
      cleanup: [
        [' - ', '-'],
        [" ' ", "'"],
        [" '", "'"],
      ],
      accepts_prompt: false,
    },
    presets: {
      reference: {
        beams: 3,
        max_new_tokens: 22,
        max_length: null,
        min_length: 0,
        length_penalty: 1,
        repetition_penalty: 1,
        prompt: null,
        unfinished: 'last_resort',
      },
    },
    default_preset: 'reference',
    question: null,
    prompted: null,
    second_opinion: SECOND_OPINION,
    confidence: CONFIDENCE,
    confidence_calibrated: true,
    confidence_calibrated_on: CALIBRATED_ON,
    session: { disable_quant_qdq: precision === 'int8', eight_bit_weights: false },
  };
}

export interface MiniSource {
  readonly checkpoint: string;
  readonly vocabulary: string;
}

/**
 * Turns mini's checkpoint (`checkpoint` .safetensors, `vocabulary` beside it) into a model folder.
 * Throws ModelError when the checkpoint is damaged or another model's, when a file cannot be read or written, and when the
 * folder holds something that is no model.
 */
export function convertMini(source: MiniSource, folder: string, precision: MiniPrecision): Promise<Manifest> {
  return withFiles(() => writeMini(source, folder, precision));
}

async function writeMini(source: MiniSource, target: string, precision: MiniPrecision): Promise<Manifest> {
  const sources = [source.checkpoint, source.vocabulary];
  targetFolder(target, sources);
  const files = ['vision.onnx', 'vision.data', 'decoder.onnx', 'decoder.data', 'vocab.txt', 'labels.json'];
  const checkpoint = openSafetensors(source.checkpoint);
  try {
    const architecture = readArchitecture(checkpoint);
    return await writeModelFolder({
      target,
      sources,
      names: files,
      fill: (draft) => {
        const write = (name: string, build: (external: ExternalData) => { write(file: string): void }) => {
          const external = new ExternalData(path.join(draft, `${name}.data`));
          try {
            build(external).write(path.join(draft, `${name}.onnx`));
          } finally {
            external.close();
          }
        };
        write('vision', (external) => buildVision(checkpoint, architecture, { precision, external }));
        write('decoder', (external) => buildDecoder(checkpoint, architecture, { precision, external, banned: BANNED }));
        writeFileSync(path.join(draft, 'vocab.txt'), readFileSync(source.vocabulary));
        writeFileSync(path.join(draft, 'labels.json'), readFileSync(path.join(shippedFolder(), 'labels.json')));
        return Promise.resolve(manifestOf(architecture, precision));
      },
    });
  } finally {
    checkpoint.close();
  }
}
