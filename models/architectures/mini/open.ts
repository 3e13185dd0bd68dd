import type { EncoderDecoderCaptioner } from '../../encoder-decoder-captioner';
import type { Manifest } from '../../model-folder/manifest';
import { readModelText } from '../../model-folder/model-files';
import { openBlip } from '../blip/open';
import { lookAgain, parseLabelGroups } from './second-opinion';

/** mini: a decoder like BLIP's, and an image classifier whose word stands against the sentence. */
export async function openMini(folder: string, manifest: Manifest, threads: number): Promise<EncoderDecoderCaptioner> {
  const { second_opinion: thresholds } = manifest;
  if (thresholds === null) return openBlip(folder, manifest, threads);
  const groups = parseLabelGroups(await readModelText(folder, thresholds.labels));
  return openBlip(folder, manifest, threads, (caption, logits) => lookAgain(caption, logits, groups, thresholds));
}
