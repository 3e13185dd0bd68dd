import { z } from 'zod';
import { beams, lengthPenalty } from '../../checkpoint/bounds';
import { hasCheckpointFile, readCheckpointJson } from '../../checkpoint/checkpoint-json';
import type { Preset } from '../../model-folder/manifest';
import type { TextConfig } from './config';
import type { Layout } from './names';

const id = z.number().int().nonnegative().nullish();
const Rules = z.object({
  num_beams: beams.nullish(),
  max_length: z.number().int().positive().nullish(),
  early_stopping: z.union([z.boolean(), z.literal('never')]).nullish(),
  no_repeat_ngram_size: z.number().int().nonnegative().nullish(),
  forced_bos_token_id: id,
  forced_eos_token_id: id,
  length_penalty: lengthPenalty.nullish(),
  eos_token_id: id,
  pad_token_id: id,
});
type Rules = z.infer<typeof Rules>;

/** transformers' own limit where nobody names one: the start token counts. */
const USUAL_LENGTH = 20;

/**
 * Where the rules of generation stand. Microsoft's code never reads generation_config.json; of folders in transformers' layout many
 * hold one that was made from wrong ids, which shows by them.
 */
function readRules(folder: string, text: TextConfig, layout: Layout): Rules {
  if (layout === 'transformers' && hasCheckpointFile(folder, 'generation_config.json')) {
    const rules = readCheckpointJson(Rules, folder, 'generation_config.json', 'a Florence-2 model');
    if (rules.eos_token_id === text.eos_token_id && rules.pad_token_id === text.pad_token_id) return rules;
  }
  const Config = z.object({ text_config: Rules });
  return readCheckpointJson(Config, folder, 'config.json', 'a Florence-2 model').text_config;
}

/** The searches of a checkpoint: `hf` as transformers does it when nothing is asked for, `card` with room for whole answers. */
export function readPresets(folder: string, text: TextConfig, layout: Layout): Record<'hf' | 'card', Preset> {
  const rules = readRules(folder, text, layout);
  const hf: Preset = {
    beams: rules.num_beams ?? 1,
    max_new_tokens: null,
    max_length: rules.max_length ?? USUAL_LENGTH,
    min_length: 0,
    length_penalty: rules.length_penalty ?? 1,
    repetition_penalty: 1,
    prompt: null,
    unfinished: 'compete',
    forced_start: rules.forced_bos_token_id ?? null,
    forced_end: rules.forced_eos_token_id === text.eos_token_id,
    no_repeat_ngram_size: rules.no_repeat_ngram_size ?? 0,
    early_stopping: rules.early_stopping ?? false,
  };
  return { hf, card: { ...hf, max_length: null } };
}
