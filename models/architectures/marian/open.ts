import { EncoderDecoderTranslator } from '../../encoder-decoder-translator';
import type { Manifest, Translation } from '../../model-folder/manifest';
import { readModelBytes } from '../../model-folder/model-files';
import { ModelSession } from '../../session/session';
import { SentencePiece } from '../../tokenizers/sentencepiece/sentencepiece';
import type { TextTokenizer } from '../../tokenizers/tokenizer';
import { MarianWords, PieceWords, readVocabulary } from './vocabulary';

type TranslatorManifest = Manifest & { readonly translation: Translation };

/** The words of both languages: ids of pieces, or where there is a vocab.json, the ids that it gives them. */
async function readWords(folder: string, { translation, text, tokens }: TranslatorManifest): Promise<TextTokenizer> {
  const { pieces: name, target_vocabulary: targetName } = translation;
  const pieces = SentencePiece.of(await readModelBytes(folder, name));
  if (text.vocabulary === name) {
    const target = targetName === null ? pieces : SentencePiece.of(await readModelBytes(folder, targetName));
    return new PieceWords(pieces, target);
  }
  const ids = readVocabulary(folder, text.vocabulary);
  const target = targetName === null ? ids : readVocabulary(folder, targetName);
  return new MarianWords(pieces, ids, target, { unknown: tokens.unknown, special: text.special });
}

/** A Marian model, from a folder whose files were checked. `threads` is for each of its sessions. */
export async function openMarian(
  folder: string,
  manifest: TranslatorManifest,
  threads: number,
): Promise<EncoderDecoderTranslator> {
  const words = await readWords(folder, manifest);
  return new EncoderDecoderTranslator(manifest, await ModelSession.open(folder, manifest, threads), words);
}
