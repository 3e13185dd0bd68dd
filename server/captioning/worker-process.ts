import type { Captioner } from '../../models/captioner';
import { ModelError } from '../../models/model-error';
import { nativeEngine } from '../../models/native-engine';
import { openOpenAiCompatible } from '../../models/openai-compatible/captioner';
import { inBackground } from '../background';
import type { PictureWords } from '../contract/worker';
import { AppError, toAppError, type ErrorCode } from '../errors';
import { lowerPriority } from '../own-priority';
import { decodeBytes, prepareDecoder, writeThumbnail } from './decode-image';
import { encodeJpeg } from './encode-jpeg';
import type { EngineResult } from './engine';
import { heldBytes } from './held-memory';
import { ImageReader, type OpenImage } from './image-reader';
import { OcrReader } from './ocr-reader';
import { wordsInScene } from './words-in-scene';
import { readCaption } from './text/reading';
import { ToWorker, type FromWorker, type WorkerSettings } from './worker-messages';

/** The model itself is out of reach, whatever the picture: a fresh process looks for it again after a pause. */
const MODEL_IS_AWAY: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['MODEL_SERVER_UNREACHABLE', 'MODEL_SERVER_REFUSED']);

/** The child process that decodes pictures and runs the model: one request at a time, until the parent is gone. */
class Worker {
  private captioner: Captioner | null = null;
  private maxPixels = 0;
  private ocr: OcrReader | null = null;
  private readonly images = new ImageReader((bytes, maxPixels) =>
    decodeBytes(bytes, maxPixels ?? this.maxPixels, this.captioner?.input ?? null),
  );
  private readonly running = new Map<number, AbortController>();

  async receive(message: ToWorker): Promise<void> {
    switch (message.type) {
      case 'load':
        return this.load(message.settings);
      case 'run':
        return this.run(message);
      case 'cancel':
        this.running.get(message.id)?.abort();
        return undefined;
    }
  }

  private async load({ source, threads, maxPixels, ocrFolder: folder }: WorkerSettings): Promise<void> {
    prepareDecoder(threads);
    if (folder !== undefined) this.ocr = new OcrReader({ folder, failed: tellWhyUnread });
    this.maxPixels = maxPixels;
    try {
      this.captioner = await open(source, threads);
    } catch (error) {
      const code = error instanceof ModelError ? error.code : 'MODEL_UNAVAILABLE';
      const message = error instanceof Error ? error.message : String(error);
      send({ type: 'problem', code, message }, true);
      return;
    }
    send({ type: 'ready', model: this.captioner.info });
  }

  private async run(request: Extract<ToWorker, { type: 'run' }>): Promise<void> {
    const abort = new AbortController();
    this.running.set(request.id, abort);
    try {
      const result = await this.work(request, abort.signal);
      tellMemory();
      send({ type: 'done', id: request.id, result });
    } catch (error) {
      const { code, message } = error instanceof ModelError ? error : toAppError(error);
      const retryAfterSeconds = error instanceof ModelError ? error.retryAfterSeconds : undefined;
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
      const ends = MODEL_IS_AWAY.has(code);
      tellMemory();
      send({ type: 'failed', id: request.id, code, message: `${message}${cause}`, retryAfterSeconds, ends }, ends);
    } finally {
      this.running.delete(request.id);
    }
  }

  /** Undefined where nobody asked for it. */
  private async read(
    picture: OpenImage,
    { readIn }: Extract<ToWorker, { type: 'run' }>,
    signal: AbortSignal,
  ): Promise<PictureWords | null | undefined> {
    if (readIn === undefined || this.ocr === null) return undefined;
    // A picture that cannot be decoded fails where its caption is made.
    const pixels = await picture.pixels().catch(() => null);
    return pixels && this.ocr.read(pixels, readIn, signal);
  }

  private async work(request: Extract<ToWorker, { type: 'run' }>, signal: AbortSignal): Promise<EngineResult> {
    const { captioner } = this;
    if (captioner === null) throw new AppError('MODEL_UNAVAILABLE');
    const begin = performance.now();
    const picture = await this.images.open(request.imagePath, request.maxPixels);
    const facts = await picture.facts();
    const opened = performance.now() - begin;
    const decodedBefore = picture.decodeMs;
    if (request.thumbnailPath !== undefined) await writeThumbnail(await picture.pixels(), request.thumbnailPath);
    const { question } = request;
    const options = { ...request.options, signal };
    // In a thread of its own, beside the caption.
    const reading = this.read(picture, request, signal);
    const caption = question === undefined ? await captioner.caption(picture, options) : null;
    const answer = question === undefined ? null : await captioner.answer(picture, question, options);
    const { vision, text } = (caption ?? answer)?.timingsMs ?? { vision: 0, text: 0 };
    // Facts may be remembered longer than what the model saw; the picture is then decoded while the model waits for it.
    const decodedLate = picture.decodeMs - decodedBefore;
    // Here and not in the API process: the grammar library takes milliseconds a caption and 35 MB.
    const readings = caption === null ? null : readCaption(caption);
    const words = await wordsInScene(captioner, picture, reading, {
      caption,
      begun: begin,
      signal,
      failed: tellWhyUnread,
    });
    const total = performance.now() - begin;
    return {
      model: captioner.info,
      image: facts,
      caption,
      readings,
      answer,
      ...(words === undefined ? {} : { words }),
      timingsMs: { decode: opened + decodedLate, vision: Math.max(0, vision - decodedLate), text, total },
    };
  }
}

/** On standard error, once for each reason: the caption is none the worse for it. */
const toldReasons = new Set<string>();
function tellWhyUnread(reason: string): void {
  if (toldReasons.has(reason)) return;
  toldReasons.add(reason);
  process.stderr.write(`Words in a picture were not read: ${reason}\n`);
}

async function open(source: WorkerSettings['source'], threads: number): Promise<Captioner> {
  if ('modelServer' in source) return openOpenAiCompatible(source.modelServer, encodeJpeg);
  const { openCaptioner } = await nativeEngine();
  return openCaptioner(source.modelFolder, threads, { onPacking: () => send({ type: 'packing' }) });
}

/** With `isLast`, the parent starts a fresh process after a pause, so that a file put back, or a server come back, is found. */
function send(message: FromWorker, isLast = false): void {
  // A parent that ended in between cannot be told; `disconnect` ends this process in a moment.
  process.send?.(message, () => {
    if (isLast) process.exit(1);
  });
}

function tellMemory(): void {
  send({ type: 'memory', heldBytes: heldBytes() });
}

// Requests to the sidecar, and the website on the same machine, come before pictures: whatever is idle is still ours.
// The threads that are started from here on inherit it.
lowerPriority();
const worker = new Worker();
// What `receive` does not make an answer of is a bug: the parent sees the process end, and starts another.
const endOfProcess = (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
};
process.on('message', (message) => inBackground(() => worker.receive(ToWorker.parse(message)), endOfProcess));
// The channel closes when the parent ends, however it ends: no worker outlives it.
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the parent decides when its workers stop.
process.on('SIGINT', () => undefined);
