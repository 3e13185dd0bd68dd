import path from 'node:path';
import sharp from 'sharp';
import { seededPicture } from '../../support/checkpoint/seeded';
import { NEW_TOKENS, QUESTION, type LinePeer } from './peers';

const PICTURES = 3;

interface Compared {
  readonly picture: number;
  readonly beams: number;
  readonly sameTokens: boolean;
  /** Largest difference of a logit at any step; greedy only. */
  readonly worstLogit: number | null;
  /** Where the tokens differ. */
  readonly parted: Parting | null;
}

/** Two sentences that part: how near a tie they are, by our graphs. */
interface Parting {
  /** Step of the first token that differs, from 0. */
  readonly step: number;
  /** The logit of our token less that of theirs there. */
  readonly logitMargin: number;
  /** Sum of the log-probabilities of our whole sentence, and of theirs. */
  readonly ours: number;
  readonly theirs: number;
}

const floats = (base64: string) => {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

/** Logits of each step of a given sentence, by our own graphs. */
async function ourLogits(session: any, state: unknown, tokens: readonly number[], start: number) {
  const { step, close } = session.decode(state);
  const found: Float32Array[] = [];
  for (const token of [start, ...tokens.slice(0, -1)]) {
    const [row] = await step([{ tokens: [token], parent: 0 }], { choices: 1, wantsLogits: true });
    found.push(Float32Array.from(row.logits));
  }
  close();
  return found;
}

/** Largest difference of a logit. A forced end token, the last of theirs, has no step of ours. */
function worstOf(theirs: readonly Float32Array[], ours: readonly Float32Array[]): number {
  let worst = 0;
  for (const [step, values] of ours.entries()) {
    theirs[step]!.forEach((value, index) => (worst = Math.max(worst, Math.abs(value - values[index]!))));
  }
  return worst;
}

function logProbability(logits: Float32Array, token: number): number {
  const most = logits.reduce((largest, value) => Math.max(largest, value), -Infinity);
  return logits[token]! - most - Math.log(logits.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

/** Sums leave the first token out where it is forced. */
async function partingOf(
  logitsOf: (tokens: readonly number[]) => Promise<Float32Array[]>,
  [ours, theirs]: readonly [readonly number[], readonly number[]],
  isForced: boolean,
): Promise<Parting> {
  const step = ours.findIndex((token, at) => token !== theirs[at]);
  const [one, other] = [await logitsOf(ours), await logitsOf(theirs)];
  const sum = (tokens: readonly number[], logits: readonly Float32Array[]) =>
    tokens.reduce((total, token, at) => total + (isForced && at === 0 ? 0 : logProbability(logits[at]!, token)), 0);
  const logitMargin = one[step]![ours[step]!]! - one[step]![theirs[step]!]!;
  return { step, logitMargin, ours: sum(ours, one), theirs: sum(theirs, other) };
}

/** Ids that a text encoder reads beside the picture, by the captioner's own EncoderWords; null where there is none. */
function askedOf(words: any, manifest: any, isQuestion: boolean): number[] | null {
  if (isQuestion) return words.ofQuestion(QUESTION, false);
  if (manifest.tasks !== undefined) return words.ofTask(manifest.tasks.caption);
  return manifest.prompted === null ? null : words.ofPrompt(null);
}

/** Our float32 graphs beside transformers on the same weights: ids of sentences, and every logit on the way. */
export async function compare(root: string, modelFolder: string, reference: LinePeer): Promise<Compared[]> {
  const load = (name: string) => import(path.join(root, 'build/models', name));
  const { openCaptioner } = await load('open-captioner.js');
  const { ModelSession } = await load('session/session.js');
  const { readManifest } = await load('model-folder/manifest.js');
  const manifest = await readManifest(modelFolder);
  const isQuestion = manifest.question !== null;
  const side = manifest.dims.image_size;
  const captioner = await openCaptioner(modelFolder, 2);
  const session = await ModelSession.open(modelFolder, manifest, 2);
  const compared: Compared[] = [];
  await reference.start();
  try {
    for (let picture = 0; picture < PICTURES; picture++) {
      // As large as the model wants them: what is compared are the graphs, not two ways to resize.
      const { data, width, height } = seededPicture(100 + picture, side, side);
      const file = path.join(modelFolder, `compare-${picture}.png`);
      await sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toFile(file);
      for (const beams of [1, 3]) {
        const options = { beams, maxNewTokens: NEW_TOKENS, minLength: 1 + NEW_TOKENS, keepWordless: true };
        const pixels = { data, width, height };
        const ours: readonly number[] = isQuestion
          ? (await captioner.answer(pixels, QUESTION, options)).tokens
          : (await captioner.caption(pixels, options)).candidates[0].tokens;
        const { tokens, logits } = await reference.ask(file, beams, beams === 1);
        const logitsOf = async (sentence: readonly number[]) => {
          const words = askedOf(captioner.words, manifest, isQuestion);
          const state = await session.look(await session.encode(pixels), words);
          return ourLogits(session, state, sentence, manifest.tokens.start);
        };
        const worstLogit = logits === undefined ? null : worstOf(logits.map(floats), await logitsOf(tokens));
        const sameTokens = tokens.join() === ours.join();
        const isForced = manifest.presets[manifest.default_preset].forced_start != null;
        const parted = sameTokens ? null : await partingOf(logitsOf, [ours, tokens], isForced);
        compared.push({ picture, beams, sameTokens, worstLogit, parted });
      }
    }
  } finally {
    await reference.stop();
    await captioner.close();
    session.close();
  }
  return compared;
}
