import type { GlossaryEntry } from '../contract/glossary';
import type { Readings } from '../contract/worker';
import { preferredOrder } from './prefer';
import { replaceWords, type Replaced } from './replace';

/** The sentences of a model with the owner's words in them, those first that say most of them, and what was replaced in the first. Pure. */
export function readingsWith(
  { candidates, second_opinion: noun }: Readings,
  entries: readonly GlossaryEntry[],
): { readings: Readings; replaced: readonly Replaced[] } {
  const put = <T extends { readonly text: string }>(reading: T): T => ({
    ...reading,
    text: replaceWords(reading.text, entries, 'en').text,
  });
  const order = preferredOrder(
    candidates.map(({ text }) => text),
    entries,
    'en',
  );
  const [best = candidates[0], ...others] = order.flatMap((at) => candidates.slice(at, at + 1));
  const first = noun ?? best;
  return {
    readings: { candidates: [put(best), ...others.map(put)], second_opinion: noun === null ? null : put(noun) },
    replaced: replaceWords(first.text, entries, 'en').replaced,
  };
}
