import type { Picture } from '../captioner';
import { ModelError } from '../model-error';
import { discardCopies } from './discard';
import { closeGraphs, openGraphs, type ModelGraphs, type OpenOptions } from './model-graphs';
import { Tensor, type InferenceSession } from './runtime';
import type { RowScores, Step } from '../search/search';
import { featureWidth, type Manifest } from '../model-folder/manifest';

/**
 * What is known of a picture: the decoder's cross-attention keys and values, [1, heads, image tokens, head size], or where a text
 * encoder comes between them, its `image_features` [1, image tokens, width].
 */
export interface ImageState {
  readonly cross: Readonly<Record<string, Tensor>>;
  /** [classes] of the model's own classifier; null without one. */
  readonly classLogits: Float32Array | null;
}

function floatsOf(tensor: Tensor | undefined, name: string): Float32Array {
  const data = tensor?.data;
  if (data instanceof Float32Array) return data;
  throw new ModelError('MODEL_FILE_DAMAGED', `The graph has no output "${name}"; pull the model again.`);
}

function int64s(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}

function emptyFloats(dims: readonly number[]): Tensor {
  return new Tensor('float32', new Float32Array(dims.reduce((product, dim) => product * dim, 1)), dims);
}

/** The two graphs of a captioning model, and the third of one that reads a question or the words of a task, loaded. */
export class ModelSession {
  private readonly vision: InferenceSession;
  private readonly decoder: InferenceSession;
  private readonly question: InferenceSession | null;

  private constructor(
    private readonly manifest: Manifest,
    private readonly graphs: ModelGraphs,
  ) {
    ({ vision: this.vision, decoder: this.decoder, question: this.question } = graphs);
  }

  /** `options` are only given by tests. */
  static async open(
    folder: string,
    manifest: Manifest,
    threads: number,
    options: OpenOptions = {},
  ): Promise<ModelSession> {
    return new ModelSession(manifest, await openGraphs(folder, manifest, threads, options));
  }

  /** Runs the image encoder. The keys and values go into the memory of `reuse`, if given, which is then void. */
  async encode(picture: Picture, reuse: ImageState | null = null): Promise<ImageState> {
    const pixels = new Tensor('uint8', picture.data, [1, picture.height, picture.width, 3]);
    const { image_tokens: tokens, heads, head_size: size } = this.manifest.dims;
    const width = featureWidth(this.manifest);
    const cross: Record<string, Tensor> = {};
    const outputs: Record<string, Tensor | null> = {};
    for (const name of this.vision.outputNames) {
      const dims = name === 'image_features' ? [1, tokens, width] : [1, heads, tokens, size];
      if (name !== 'class_logits') cross[name] = reuse?.cross[name] ?? emptyFloats(dims);
      outputs[name] = cross[name] ?? null;
    }
    const { class_logits: logits, ...copies } = await this.vision.run({ pixels }, outputs);
    discardCopies(copies, outputs);
    return { cross, classLogits: logits === undefined ? null : floatsOf(logits, 'class_logits') };
  }

  /** Reads a question or the words of a task while looking at a picture; the decoder then looks at what came of it. Ids with start and end. */
  async ask(image: ImageState, ids: readonly number[]): Promise<ImageState> {
    if (this.question === null) throw new ModelError('QUESTION_MODEL_MISSING', 'This model cannot answer questions.');
    const out = await this.question.run({
      ...image.cross,
      input_ids: int64s(ids, [1, ids.length]),
      position_ids: int64s([...ids.keys()], [ids.length]),
    });
    const cross = Object.entries(out).map(([name, tensor]) => [name.replace('answer_', 'cross_'), tensor] as const);
    return { cross: Object.fromEntries(cross), classLogits: null };
  }

  /** A decoder over this picture with an empty memory. Each call of the step goes one token (or prompt) further. */
  decode({ cross }: ImageState): Step {
    let past = this.emptyPast();
    let position = 0;
    return async (rows, { choices, wantsLogits }) => {
      const length = rows[0]?.tokens.length ?? 0;
      const positions = Array.from({ length }, (_, index) => position + index);
      const feeds = {
        ...cross,
        ...past,
        input_ids: int64s(
          rows.flatMap((row) => row.tokens),
          [rows.length, length],
        ),
        position_ids: int64s(positions, [length]),
        beam_idx: int64s(
          rows.map((row) => row.parent),
          [rows.length],
        ),
        top_count: int64s([Math.min(choices, this.manifest.dims.vocabulary)], [1]),
      };
      const names = this.decoder.outputNames.filter((name) => wantsLogits || name !== 'logits');
      const out = await this.decoder.run(feeds, names);
      position += length;
      past = Object.fromEntries(
        Object.entries(out).flatMap(([name, tensor]) =>
          name.startsWith('present_') ? [[name.replace('present_', 'past_'), tensor]] : [],
        ),
      );
      return readScores(out, rows.length, wantsLogits);
    };
  }

  async close(): Promise<void> {
    await closeGraphs(this.graphs);
  }

  private emptyPast(): Record<string, Tensor> {
    const { layers, heads, head_size: size } = this.manifest.dims;
    const past: Record<string, Tensor> = {};
    for (let layer = 0; layer < layers; layer++) {
      for (const part of ['k', 'v']) {
        past[`past_${part}${layer}`] = new Tensor('float32', new Float32Array(0), [1, heads, 0, size]);
      }
    }
    return past;
  }
}

function readScores(out: InferenceSession.OnnxValueMapType, rows: number, wantsLogits: boolean): RowScores[] {
  const ids = out['top_ids']?.data;
  if (!(ids instanceof BigInt64Array)) throw new ModelError('MODEL_FILE_DAMAGED', 'The decoder gives no "top_ids".');
  const logProbs = floatsOf(out['top_log_probs'], 'top_log_probs');
  const logits = wantsLogits ? floatsOf(out['logits'], 'logits') : null;
  const count = ids.length / rows;
  const width = logits === null ? 0 : logits.length / rows;
  return Array.from({ length: rows }, (_, row) => ({
    ids: Array.from(ids.subarray(row * count, (row + 1) * count), Number),
    logProbs: Array.from(logProbs.subarray(row * count, (row + 1) * count)),
    logits: logits?.subarray(row * width, (row + 1) * width) ?? null,
  }));
}
