import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { MarianBinary } from '../../checkpoint/marian-binary';
import { withFiles } from '../../file-problem';
import { ModelError } from '../../model-error';
import { writeConversion, type Conversion } from '../../model-folder/convert';
import type { Manifest } from '../../model-folder/manifest';
import { targetFolder } from '../../model-folder/target-folder';
import { SentencePiece } from '../../tokenizers/sentencepiece/sentencepiece';
import { buildDecoder } from './decoder-graph';
import { describeMarian } from './describe';
import { buildEncoder } from './encoder-graph';
import { STUDENT_LICENCE } from './licence';
import { studentConfig } from './student-config';
import { studentFiles } from './student-files';
import { studentCheckpoint, studentSizes, UNKNOWN } from './student-weights';
import { SOURCE_PIECES, TARGET_PIECES } from './vocabulary';

/** Of a vocabulary; published ones take one. */
const MOST_PIECES_BYTES = 100_000_000;

function readPieces(file: string): Buffer {
  const bytes = readFileSync(file);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_PIECES_BYTES });
  } catch (cause) {
    throw new ModelError('MODEL_FILE_DAMAGED', `${file} cannot be unpacked; download it again.`, { cause });
  }
}

/** Pieces of one language. Throws ModelError where they do not fit the weights, or do not begin as Marian's do. */
function checkedPieces(file: string, words: number): { bytes: Buffer; size: number } {
  const bytes = readPieces(file);
  const pieces = SentencePiece.of(bytes);
  const { size } = pieces;
  if (size <= words && pieces.textOf(0) === '</s>' && pieces.textOf(UNKNOWN) === '<unk>') return { bytes, size };
  throw new ModelError(
    'MODEL_FILE_DAMAGED',
    `${file} does not fit the weights: it has ${size} pieces for ${words} words, or does not begin with </s> and <unk>.`,
  );
}

/**
 * Turns a student of Marian, as Firefox's translation has them (transformer encoder, SSRU decoder), into a model folder: `weights` is its
 * file in Marian's binary format, in float32 or 8 bits. Throws ModelError when it is damaged or built in another way, when a file cannot
 * be read or written, and when the target holds something that is no model.
 */
export function convertStudent(conversion: Conversion, weights: string): Promise<Manifest> {
  return withFiles(() => {
    const { source: folder, target: to } = conversion;
    targetFolder(to, [folder]);
    const files = studentFiles(folder, weights);
    const file = path.join(folder, weights);
    const binary = new MarianBinary(file);
    const config = studentConfig(binary.settings, file, (width) => studentSizes(binary, file, width));
    const said = config.decoder_vocab_size - 1;
    const isShared = config.share_encoder_decoder_embeddings;
    const source = checkedPieces(path.join(folder, files.source), isShared ? said : config.vocab_size);
    const target = files.target === files.source ? null : checkedPieces(path.join(folder, files.target), said);
    const translation = {
      from: files.from,
      targets: [{ language: files.to, token: null }],
      pieces: SOURCE_PIECES,
      target_vocabulary: target === null ? null : TARGET_PIECES,
    };
    return writeConversion(
      { ...conversion, licenceText: conversion.licenceText ?? STUDENT_LICENCE },
      (checkpoint) => ({
        graphs: {
          encoder: (into) => buildEncoder(checkpoint, config, into),
          decoder: (into) => buildDecoder(checkpoint, config, into),
        },
        texts: { [SOURCE_PIECES]: source.bytes, ...(target === null ? {} : { [TARGET_PIECES]: target.bytes }) },
        describe: (about) =>
          describeMarian(config, { ...about, unknown: UNKNOWN, vocabulary: SOURCE_PIECES, translation }),
      }),
      () => studentCheckpoint(binary, config, { file, sayable: (target ?? source).size }),
    );
  });
}
