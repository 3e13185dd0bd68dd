import { readFileSync } from 'node:fs';
import path from 'node:path';
import { largestId } from '../../checkpoint/bounds';
import { hasCheckpointFile } from '../../checkpoint/checkpoint-json';
import { withFiles } from '../../file-problem';
import { ModelError } from '../../model-error';
import { writeConversion, type Conversion } from '../../model-folder/convert';
import type { Manifest } from '../../model-folder/manifest';
import { targetFolder } from '../../model-folder/target-folder';
import { SentencePiece } from '../../tokenizers/sentencepiece/sentencepiece';
import { readMarianConfig, type MarianConfig } from './config';
import { buildDecoder } from './decoder-graph';
import { describeMarian } from './describe';
import { buildEncoder } from './encoder-graph';
import { readLanguages } from './languages';
import { readVocabulary, SOURCE_PIECES, SOURCE_WORDS, TARGET_WORDS } from './vocabulary';

interface Words {
  readonly source: ReadonlyMap<string, number>;
  readonly target: ReadonlyMap<string, number>;
  readonly unknown: number;
  /** Files beside the graphs. */
  readonly files: Readonly<Record<string, string | Buffer>>;
}

/** The words of both languages. Throws ModelError where they do not fit the weights. */
function readWords(folder: string, config: MarianConfig): Words {
  const hasOwnTarget = !config.share_encoder_decoder_embeddings && hasCheckpointFile(folder, TARGET_WORDS);
  const names = [SOURCE_WORDS, ...(hasOwnTarget ? [TARGET_WORDS] : [])];
  const [source = new Map<string, number>(), target = source] = names.map((name) => readVocabulary(folder, name));
  const unknown = source.get('<unk>');
  const sizes: [ReadonlyMap<string, number>, number][] = [
    [source, config.vocab_size],
    [target, config.decoder_vocab_size],
  ];
  const fits = sizes.every(([words, size]) => largestId(words.values()) < size);
  if (unknown === undefined || !fits || source.get('</s>') !== config.eos_token_id) {
    throw new ModelError(
      'MODEL_FILE_DAMAGED',
      `${path.join(folder, SOURCE_WORDS)} does not fit config.json: it lacks <unk>, has another </s>, or more words.`,
    );
  }
  if (!hasCheckpointFile(folder, SOURCE_PIECES)) {
    throw new ModelError('MODEL_FILE_MISSING', `There is no ${SOURCE_PIECES} in ${folder}; download the whole model.`);
  }
  const pieces = readFileSync(path.join(folder, SOURCE_PIECES));
  SentencePiece.of(pieces);
  const texts = names.map((name) => [name, readFileSync(path.join(folder, name))] as const);
  return { source, target, unknown, files: { [SOURCE_PIECES]: pieces, ...Object.fromEntries(texts) } };
}

/**
 * Turns a checkpoint of OPUS-MT, or another of the class MarianMTModel of transformers, into a model folder. Throws ModelError when it
 * is damaged or of another kind, when a file cannot be read or written, and when the target holds something that is no model.
 */
export function convertMarian(conversion: Conversion): Promise<Manifest> {
  return withFiles(() => {
    const { source, target } = conversion;
    targetFolder(target, [source]);
    const config = readMarianConfig(source);
    const { unknown, files, ...words } = readWords(source, config);
    const translation = {
      ...readLanguages(source, words.source),
      pieces: SOURCE_PIECES,
      target_vocabulary: TARGET_WORDS in files ? TARGET_WORDS : null,
    };
    return writeConversion(conversion, (checkpoint) => ({
      graphs: {
        encoder: (to) => buildEncoder(checkpoint, config, to),
        decoder: (to) => buildDecoder(checkpoint, config, to),
      },
      texts: files,
      describe: (about) => describeMarian(config, { ...about, unknown, vocabulary: SOURCE_WORDS, translation }),
    }));
  });
}
