import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { largestId } from '../../checkpoint/bounds';
import { checkTokenId, checkWords } from '../../checkpoint/tokenizer-fit';
import type { Manifest } from '../../model-folder/manifest';
import { withFiles } from '../../file-problem';
import { ModelError } from '../../model-error';
import { writeConversion, type Conversion } from '../../model-folder/convert';
import { targetFolder } from '../../model-folder/target-folder';
import { readBlipConfig, type BlipConfig } from './config';
import { buildDecoder } from './decoder-graph';
import { describeBlip } from './describe';
import { buildEncoder } from './encoder-graph';
import { buildQuestion } from './question-graph';
import { buildVision } from './vision-graph';

const VOCABULARY_FILE = 'vocab.txt';
/** Ends a sentence. */
const END = '[SEP]';
const id = z.number().int().nonnegative();
const Tokenizer = z.object({
  model: z.object({ type: z.literal('WordPiece').optional(), vocab: z.record(z.string(), id) }),
});

/** Of BLIP's classes that write, only the one for questions reads a text. */
function readsQuestions({ tensors }: Checkpoint): boolean {
  return [...tensors.keys()].some((name) => name.startsWith('text_encoder.'));
}

/** The words of a tokenizer.json in the order of their ids. */
function vocabularyOfTokenizer(file: string, rows: number): string[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ModelError('MODEL_FILE_DAMAGED', `${file} is not JSON; download it again.`, { cause });
  }
  const parsed = Tokenizer.safeParse(json);
  if (!parsed.success) throw new ModelError('MODEL_FILE_DAMAGED', `${file} is not a WordPiece tokenizer.`);
  const entries = Object.entries(parsed.data.model.vocab);
  checkWords(file, largestId(entries.map(([, id]) => id)) + 1, rows);
  const words: string[] = [];
  for (const [word, id] of entries) words[id] = word;
  return Array.from(words, (word: string | undefined) => word ?? '');
}

function readVocabulary(folder: string, { vocab_size: rows, sep_token_id: end }: BlipConfig['text']): string[] {
  const { file, words } = findVocabulary(folder, rows);
  checkWords(file, words.length, rows);
  const found = words.indexOf(END);
  // BERT's own sentence tells where there is none.
  if (found >= 0) checkTokenId(file, END, { found, due: end });
  return words;
}

function findVocabulary(folder: string, rows: number): { file: string; words: string[] } {
  const plain = path.join(folder, VOCABULARY_FILE);
  const whole = path.join(folder, 'tokenizer.json');
  if (existsSync(plain)) {
    const words = readFileSync(plain, 'utf8')
      .replace(/\r?\n$/, '')
      .split(/\r?\n/);
    return { file: plain, words };
  }
  if (existsSync(whole)) return { file: whole, words: vocabularyOfTokenizer(whole, rows) };
  throw new ModelError('MODEL_FILE_MISSING', `There is neither vocab.txt nor tokenizer.json in ${folder}.`);
}

/**
 * Turns an official BLIP checkpoint into a model folder: ONNX graphs, their weights, the vocabulary and the manifest.
 * Weights pass through memory one at a time. Throws ModelError when the checkpoint is damaged or of another kind,
 * when a file cannot be read or written, and when the target holds something that is no model.
 */
export function convertBlip(conversion: Conversion): Promise<Manifest> {
  return withFiles(() => {
    const { source, target } = conversion;
    targetFolder(target, [source]);
    const stored = readBlipConfig(source);
    const vocabulary = readVocabulary(source, stored.text);
    return writeConversion(conversion, (checkpoint) => {
      const config = { ...stored, question: stored.question ?? readsQuestions(checkpoint) };
      return {
        graphs: {
          vision: (to) => buildVision(checkpoint, config, to),
          ...(config.question
            ? { question: (to) => buildQuestion(checkpoint, config, to) }
            : { encoder: (to) => buildEncoder(checkpoint, config, to) }),
          decoder: (to) => buildDecoder(checkpoint, config, to),
        },
        texts: { [VOCABULARY_FILE]: `${vocabulary.join('\n')}\n` },
        describe: (about) => describeBlip(config, { ...about, vocabulary }),
      };
    });
  });
}
