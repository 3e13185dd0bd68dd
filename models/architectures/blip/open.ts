import { EncoderDecoderCaptioner, type SecondLook } from '../../encoder-decoder-captioner';
import type { Manifest } from '../../model-folder/manifest';
import { readVocabulary } from '../../model-folder/model-files';
import { ModelSession } from '../../session/session';
import { WordPieceTokenizer } from '../../tokenizers/word-piece';

/** A model with BERT's words, from a folder whose files were checked. `threads` is for each of its sessions. */
export async function openBlip(
  folder: string,
  manifest: Manifest,
  threads: number,
  secondLook: SecondLook | null = null,
): Promise<EncoderDecoderCaptioner> {
  const tokenizer = new WordPieceTokenizer({
    vocabulary: await readVocabulary(folder, manifest.text.vocabulary),
    unknown: manifest.tokens.unknown,
    special: manifest.text.special,
    cleanup: manifest.text.cleanup,
  });
  const session = await ModelSession.open(folder, manifest, threads);
  return new EncoderDecoderCaptioner(manifest, session, tokenizer, secondLook);
}
