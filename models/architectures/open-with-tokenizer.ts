import { EncoderDecoderCaptioner } from '../encoder-decoder-captioner';
import type { Manifest } from '../model-folder/manifest';
import { readModelText } from '../model-folder/model-files';
import type { OpenOptions } from '../session/model-graphs';
import { ModelSession } from '../session/session';
import { JsonTokenizer } from '../tokenizers/json-tokenizer';

/** A model with a tokenizer.json, from a folder whose files were checked. `threads` is for each of its sessions. */
export async function openWithTokenizer(
  folder: string,
  manifest: Manifest,
  threads: number,
  options: OpenOptions = {},
): Promise<EncoderDecoderCaptioner> {
  const text = await readModelText(folder, manifest.text.vocabulary);
  const tokenizer = new JsonTokenizer(text, manifest.text.special);
  const session = await ModelSession.open(folder, manifest, threads, options);
  return new EncoderDecoderCaptioner(manifest, session, tokenizer);
}
