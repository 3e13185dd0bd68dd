import path from 'node:path';
import { checkTokenId, checkWords } from '../../checkpoint/tokenizer-fit';
import { withFiles } from '../../file-problem';
import { writeConversion, type Conversion } from '../../model-folder/convert';
import type { Manifest } from '../../model-folder/manifest';
import { targetFolder } from '../../model-folder/target-folder';
import { readBlip2Config } from './config';
import { buildDecoder } from './decoder-graph';
import { describeBlip2 } from './describe';
import { buildEncoder } from './encoder-graph';
import { END, readTokenizer, TOKENIZER_FILE } from './tokenizer-file';
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
    const file = path.join(source, TOKENIZER_FILE);
    checkWords(file, tokenizer.size, config.text.vocab_size);
    checkTokenId(file, END, { found: tokenizer.end, due: config.text.eos_token_id });
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
