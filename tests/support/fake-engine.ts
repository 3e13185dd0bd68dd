import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Caption, ModelInfo } from '../../models/captioner';
import { readCaption } from '../../server/captioning/text/reading';
import { AppError } from '../../server/errors';
import type { CaptionEngine, EngineRequest, EngineResult, EngineState } from '../../server/captioning/engine';

/** A captioner whose words depend on nothing but the bytes, so that a test can say what must come out. */
export class FakeEngine implements CaptionEngine {
  model: ModelInfo = { id: 'fake', precision: 'fp32', demonstration: false, calibrated: true, canAnswer: true };
  ready = true;
  problem: EngineState['problem'] = null;
  confidence = 0.9;
  /** Its words about a picture. */
  says: (bytes: Uint8Array) => string = fakeCaption;
  thumbnail: Uint8Array | string = 'thumbnail';
  readonly requests: EngineRequest[] = [];
  /** Called before each answer; may wait, or throw what the engine would throw. */
  before: (request: EngineRequest) => Promise<void> | void = () => undefined;

  constructor(readonly workers = 1) {}

  start(): Promise<void> {
    return Promise.resolve();
  }

  state(): EngineState {
    const { ready, problem, workers } = this;
    return { ready, model: ready ? this.model : null, problem, workers, secondsPerImage: 0.5 };
  }

  async run(request: EngineRequest): Promise<EngineResult> {
    if (!this.ready) throw new AppError('MODEL_UNAVAILABLE');
    this.requests.push(request);
    await this.before(request);
    request.signal?.throwIfAborted();
    if (request.thumbnailPath !== undefined) writeFileSync(request.thumbnailPath, this.thumbnail);
    const candidate = (text: string) => ({ text, tokens: [1, 2], logProbs: [-0.1, -0.1], score: -0.1 });
    const timingsMs = { vision: 1, text: 1 };
    const text = this.says(readFileSync(request.imagePath));
    const asked = request.question !== undefined;
    const caption: Caption | null = asked
      ? null
      : {
          candidates: [candidate(text), candidate(`${text} outside`)],
          confidence: this.confidence,
          labels: [],
          timingsMs,
        };
    return {
      model: this.model,
      image: { width: 640, height: 480, format: 'png', hasAlpha: false, contrast: 60, flatness: 0.1 },
      caption,
      readings: caption === null ? null : readCaption(caption),
      answer: asked ? { text: 'yes', tokens: [1], confidence: 0.8, timingsMs } : null,
      timingsMs: { decode: 1, vision: 1, text: 1, total: 3 },
    };
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

const ANIMALS = ['dog', 'cat', 'horse', 'cow', 'sheep', 'bird', 'bear', 'zebra', 'giraffe', 'elephant'];
const PLACES = ['field', 'street', 'beach', 'table', 'bench', 'bridge', 'hill', 'road', 'boat', 'bed'];

/** What the fake engine sees in a picture. */
export function fakeCaption(bytes: Uint8Array): string {
  const hash = createHash('sha256').update(bytes).digest();
  const pick = (list: readonly string[], at: number) => list[(hash[at] ?? 0) % list.length] ?? '';
  return `a ${pick(ANIMALS, 0)} and a ${pick(ANIMALS, 1)} on a ${pick(PLACES, 2)}`;
}
