import path from 'node:path';
import { withFiles } from '../../file-problem';
import { ModelError } from '../../model-error';
import { writeConversion, type Conversion } from '../../model-folder/convert';
import type { Manifest } from '../../model-folder/manifest';
import { targetFolder } from '../../model-folder/target-folder';
import { readBlip2Config } from './config';
import { buildDecoder } from './decoder-graph';
import { describeBlip2 } from './describe';
import { buildEncoder } from './encoder-graph';
import { readTokenizer, TOKENIZER_FILE } from './tokenizer-file';
import { buildVision } from './vision-graph';

/**
 * Turns a BLIP-2 checkpoint with T5, saved by transformers 4 or 5, into a model folder. Throws ModelError when the checkpoint is damaged
 * or of another kind, when a file cannot be read or written, and when the target holds something that is no model.
 */
export function convertBlip2(conversion: Conversion): Promise<Manifest> {
  return withFiles(() => {
    const { source, target } = conversion;
    targetFolder(target, [source]);
    const config = readBlip2Config(source);
    const tokenizer = readTokenizer(source);
    const { vocab_size: words, eos_token_id: end } = config.text;
    if (tokenizer.size > words || tokenizer.end !== end) {
      const reason =
        tokenizer.size > words
          ? `${TOKENIZER_FILE} has ${tokenizer.size} tokens, the weights have ${words}`
          : `the text ends with ${tokenizer.end} in ${TOKENIZER_FILE}, and with ${end} in config.json`;
      throw new ModelError('MODEL_FILE_DAMAGED', `${path.resolve(source)} does not fit together: ${reason}.`);
    }
    return writeConversion(conversion, (checkpoint) => ({
      graphs: {
        vision: (to) => buildVision(checkpoint, config, to),
        encoder: (to) => buildEncoder(checkpoint, config, to),
        decoder: (to) => buildDecoder(checkpoint, config, to),
      },
      texts: { [TOKENIZER_FILE]: tokenizer.text },
      describe: (about) => describeBlip2(config, { ...about, tokenizer }),
    }));
  });
}
