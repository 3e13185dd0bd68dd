import path from 'node:path';
import { checkWords } from '../../checkpoint/tokenizer-fit';
import { withFiles } from '../../file-problem';
import { ModelError } from '../../model-error';
import { writeConversion, type Conversion } from '../../model-folder/convert';
import type { Manifest } from '../../model-folder/manifest';
import { targetFolder } from '../../model-folder/target-folder';
import { positionsOf, wordsOf } from './bart';
import { imageTokens, readFlorenceConfig } from './config';
import { buildDecoder } from './decoder-graph';
import { describeFlorence } from './describe';
import { buildEncoder } from './encoder-graph';
import { readPresets } from './generation';
import { layoutOf, underOneLayout } from './names';
import { readTokenizer, TOKENIZER_FILE } from './tokenizer-file';
import { buildVision } from './vision-graph';

/** Longest question of a task in tokens, with start and end; "Describe with a paragraph …" has 12. */
const TASK_TOKENS = 32;

/**
 * Turns a Florence-2 checkpoint, in Microsoft's layout or that of transformers, into a model folder. Throws ModelError when the
 * checkpoint is damaged or of another kind, when a file cannot be read or written, and when the target holds something that is no model.
 */
export function convertFlorence(conversion: Conversion): Promise<Manifest> {
  return withFiles(() => {
    const { source, target } = conversion;
    targetFolder(target, [source]);
    const config = readFlorenceConfig(source);
    const tokenizer = readTokenizer(source, config.text);
    return writeConversion(conversion, (stored) => {
      const checkpoint = underOneLayout(stored);
      const vocabulary = wordsOf(checkpoint);
      checkWords(path.join(source, TOKENIZER_FILE), tokenizer.size, vocabulary);
      if (positionsOf(checkpoint, 'encoder') < imageTokens(config) + TASK_TOKENS) {
        const reason = `its text encoder has no room for a picture of ${imageTokens(config)} tokens and a task`;
        throw new ModelError('MODEL_FILE_DAMAGED', `${path.resolve(source)} does not fit together: ${reason}.`);
      }
      const presets = readPresets(source, config.text, layoutOf(stored));
      const positions = positionsOf(checkpoint, 'decoder');
      return {
        graphs: {
          vision: (to) => buildVision(checkpoint, config, to),
          encoder: (to) => buildEncoder(checkpoint, config, to),
          decoder: (to) => buildDecoder(checkpoint, config, to),
        },
        texts: { [TOKENIZER_FILE]: tokenizer.text },
        describe: (about) => describeFlorence(config, { ...about, tokenizer, presets, vocabulary, positions }),
      };
    });
  });
}
