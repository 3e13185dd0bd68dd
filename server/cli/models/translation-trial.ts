import { TranslatorProcess } from '../../translating/translator-process';
import { compare, type Agreement, type Said } from './agreement';

/** Captions as the models write them. */
const TEXTS = [
  'a cat sitting on a wooden table',
  'a man riding a bicycle down a street',
  'two dogs playing with a ball in the grass',
  'a close up of a yellow flower',
  'a group of people standing in front of a building',
  'a plate of food with vegetables and a fork',
  'a woman holding a red umbrella in the rain',
  'a train at a station next to a platform',
];

/** What the translator in a folder makes of some captions, greedily. Throws AppError. */
export async function translateSamples(folder: string, threads: number | null, count = TEXTS.length): Promise<Said[]> {
  const translator = await TranslatorProcess.start(folder, threads);
  try {
    const [to] = translator.info.to;
    const said: Said[] = [];
    for (const text of TEXTS.slice(0, count)) {
      const { candidates } = await translator.translate(text, { beams: 1, ...(to === undefined ? {} : { to }) });
      said.push(candidates[0]);
    }
    return said;
  } finally {
    await translator.close();
  }
}

/** How far a rounded translator says what the exact one says. Throws AppError. */
export async function compareTranslators(exact: string, other: string, threads: number | null): Promise<Agreement> {
  const reference = await translateSamples(exact, threads);
  return compare(reference, await translateSamples(other, threads));
}
