import { setImmediate as turn } from 'node:timers/promises';
import type { Picture } from '../captioner';
import { ModelError } from '../model-error';
import type { Manifest } from '../model-folder/manifest';
import type { RowScores, Step } from '../search/search';
import { forget, type ImageState } from './image-state';
import type { GraphSession } from './graph-session';
import { closeGraphs, openGraphs, type ModelGraphs, type OpenOptions } from './model-graphs';
import { Tensor, type TensorData } from './tensor';

/** A decoder over one picture that remembers what it has written. */
export interface Decoding {
  readonly step: Step;
  close(): void;
}

function floatsOf(data: TensorData | undefined, name: string): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new ModelError('MODEL_FILE_DAMAGED', `The graph has no output "${name}"; pull the model again.`);
}

function int64s(values: readonly number[], dims: readonly number[]): Tensor {
  return Tensor.of('int64', BigInt64Array.from(values, BigInt), dims);
}

/** Gives the memory of tensors back once something was made of them, also where that fails. */
function releasing<Values extends Readonly<Record<string, Tensor>>, T>(values: Values, make: (values: Values) => T): T {
  try {
    return make(values);
  } finally {
    forget({ values, classLogits: null });
  }
}

/** The two graphs of a captioning model, and the third that comes between them, loaded. */
export class ModelSession {
  private constructor(
    private readonly manifest: Manifest,
    private readonly graphs: ModelGraphs,
  ) {}

  /** `options` are only given by tests. */
  static async open(
    folder: string,
    manifest: Manifest,
    threads: number,
    options: OpenOptions = {},
  ): Promise<ModelSession> {
    return new ModelSession(manifest, await openGraphs(folder, manifest, threads, options));
  }

  /** Runs the image encoder. Throws CAPTION_MODEL_MISSING for a model that has none. */
  async encode(picture: Picture): Promise<ImageState> {
    const { vision } = this.graphs;
    if (vision === null) throw new ModelError('CAPTION_MODEL_MISSING', 'This model sees no pictures.');
    await turn();
    const pixels = Tensor.of('uint8', picture.data, [1, picture.height, picture.width, 3]);
    return releasing({ pixels }, (feeds) => {
      const { class_logits: logits, ...values } = vision.run(feeds);
      if (logits === undefined) return { values, classLogits: null };
      return { values, classLogits: releasing({ logits }, () => floatsOf(logits.data, 'class_logits')) };
    });
  }

  /**
   * What the decoder looks at. Where a graph comes between, it reads a question or the words of a task (ids with start and end, or null)
   * beside the picture; else it is the picture's own state. What was made without words stays with the picture.
   */
  async look(image: ImageState, ids: readonly number[] | null): Promise<ImageState> {
    const { question } = this.graphs;
    if (question === null) {
      if (ids === null) return image;
      throw new ModelError('QUESTION_MODEL_MISSING', 'This model cannot answer questions.');
    }
    await turn();
    if (ids === null) return (image.keys ??= this.read(question, image, {}));
    const words = { input_ids: int64s(ids, [1, ids.length]), position_ids: int64s([...ids.keys()], [ids.length]) };
    return releasing(words, () => this.read(question, image, words));
  }

  /** A decoder over this picture with an empty memory. Each step goes one token (or prompt) further. */
  decode({ values: cross }: ImageState): Decoding {
    let past = this.emptyPast();
    let position = 0;
    const { decoder } = this.graphs;
    const step: Step = async (rows, { choices, wantsLogits }) => {
      await turn();
      const length = rows[0]?.tokens.length ?? 0;
      const positions = Array.from({ length }, (_, index) => position + index);
      const words = rows.flatMap(({ tokens }) => tokens);
      const asked = {
        input_ids: int64s(words, [rows.length, length]),
        position_ids: int64s(positions, [length]),
        beam_idx: int64s(rows.map(({ parent }) => parent), [rows.length]), // prettier-ignore
        top_count: int64s([Math.min(choices, this.manifest.dims.vocabulary)], [1]),
      };
      const names = decoder.outputNames.filter((name) => wantsLogits || name !== 'logits');
      const before = past;
      past = {};
      const out = releasing({ ...before, ...asked }, (feeds) => decoder.run({ ...cross, ...feeds }, names));
      position += length;
      const scores: Record<string, Tensor> = {};
      for (const [name, value] of Object.entries(out)) {
        if (name.startsWith('present_')) past[name.replace('present_', 'past_')] = value;
        else scores[name] = value;
      }
      return releasing(scores, () => readScores(scores, rows.length, wantsLogits));
    };
    return { step, close: () => forget({ values: past, classLogits: null }) };
  }

  close(): void {
    closeGraphs(this.graphs);
  }

  private read(graph: GraphSession, image: ImageState, words: Readonly<Record<string, Tensor>>): ImageState {
    const made = Object.entries(graph.run({ ...image.values, ...words }));
    // Graphs of format 1, and the encoders of BLIP-2 that earlier versions made, call them `answer_k0`, `answer_v0` …
    const values = made.map(([name, value]) => [name.replace('answer_', 'cross_'), value] as const);
    return { values: Object.fromEntries(values), classLogits: null };
  }

  private emptyPast(): Record<string, Tensor> {
    const { layers, heads, head_size: size, cell_width: width } = this.manifest.dims;
    const past: Record<string, Tensor> = {};
    for (let layer = 0; layer < layers; layer++) {
      if (width !== undefined) {
        past[`past_c${layer}`] = Tensor.of('float32', new Float32Array(width), [1, 1, width]);
        continue;
      }
      for (const part of ['k', 'v']) {
        past[`past_${part}${layer}`] = Tensor.of('float32', new Float32Array(0), [1, heads, 0, size]);
      }
    }
    return past;
  }
}

function readScores(out: Readonly<Record<string, Tensor>>, rows: number, wantsLogits: boolean): RowScores[] {
  const ids = out['top_ids']?.data;
  if (!(ids instanceof BigInt64Array)) throw new ModelError('MODEL_FILE_DAMAGED', 'The decoder gives no "top_ids".');
  const logProbs = floatsOf(out['top_log_probs']?.data, 'top_log_probs');
  const logits = wantsLogits ? floatsOf(out['logits']?.data, 'logits') : null;
  const count = ids.length / rows;
  const width = logits === null ? 0 : logits.length / rows;
  return Array.from({ length: rows }, (_, row) => ({
    ids: Array.from(ids.subarray(row * count, (row + 1) * count), Number),
    logProbs: Array.from(logProbs.subarray(row * count, (row + 1) * count)),
    logits: logits?.subarray(row * width, (row + 1) * width) ?? null,
  }));
}
