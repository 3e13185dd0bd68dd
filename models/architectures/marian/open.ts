import { EncoderDecoderTranslator } from '../../encoder-decoder-translator';
import type { Manifest, Translation } from '../../model-folder/manifest';
import { readModelBytes } from '../../model-folder/model-files';
import { ModelSession } from '../../session/session';
import { SentencePiece } from '../../tokenizers/sentencepiece/sentencepiece';
import { MarianWords, readVocabulary } from './vocabulary';

/** A Marian model, from a folder whose files were checked. `threads` is for each of its sessions. */
export async function openMarian(
  folder: string,
  manifest: Manifest & { translation: Translation },
  threads: number,
): Promise<EncoderDecoderTranslator> {
  const { translation, text, tokens } = manifest;
  const pieces = SentencePiece.of(await readModelBytes(folder, translation.pieces));
  const ids = readVocabulary(folder, text.vocabulary);
  const target = translation.target_vocabulary === null ? ids : readVocabulary(folder, translation.target_vocabulary);
  const words = new MarianWords(pieces, ids, target, { unknown: tokens.unknown, special: text.special });
  return new EncoderDecoderTranslator(manifest, await ModelSession.open(folder, manifest, threads), words);
}
