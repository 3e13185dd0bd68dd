import type { Answer, Caption, ModelInfo } from '../../models/captioner';
import type { EngineOptions } from '../contract/engine-options';
import type { PictureWords, Readings } from '../contract/worker';

/** What the decoder learnt about the file itself; the flags are made from it. */
export interface ImageFacts {
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly hasAlpha: boolean;
  /** Standard deviation of the grey values, 0..128; near zero means a plain area. */
  readonly contrast: number;
  /** Share of the pixels that belong to the five commonest colours, 0..1; high for screenshots, logos and charts. */
  readonly flatness: number;
}

export interface EngineRequest {
  /** Absolute path of the image file; the worker process reads it, the API process never holds the bytes. */
  readonly imagePath: string;
  /** Of the file's bytes. A picture goes to the worker that looked at it last, if that one is free. */
  readonly sha256?: string;
  readonly options: EngineOptions;
  /** When set, the picture is asked about instead of captioned. */
  readonly question?: string;
  /** Languages (BCP 47) in which the words in the picture are to be read as well. */
  readonly readIn?: readonly string[];
  /** Limit for this picture; that of the settings, unless given. */
  readonly maxPixels?: number;
  /** When set, a WebP thumbnail of at most 640 pixels is written there. */
  readonly thumbnailPath?: string;
  readonly signal?: AbortSignal;
}

export interface EngineResult {
  readonly model: ModelInfo;
  readonly image: ImageFacts;
  /** A caption or an answer, after the request; the other is null. */
  readonly caption: Caption | null;
  readonly answer: Answer | null;
  /** Of the caption's sentences; null without one. */
  readonly readings: Readings | null;
  /** Null where reading failed; absent where nobody asked for it. */
  readonly words?: PictureWords | null;
  readonly timingsMs: {
    readonly decode: number;
    readonly vision: number;
    readonly text: number;
    readonly total: number;
  };
}

export interface EngineState {
  readonly ready: boolean;
  readonly model: ModelInfo | null;
  /** Code of the catalogue and a sentence, when the model could not be loaded. */
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly workers: number;
  /** Address of the server that the bytes of each picture are sent to, reachable or not; absent: none. */
  readonly sendsTo?: string;
  /** Median seconds a picture took lately; null before the first. */
  readonly secondsPerImage: number | null;
}

/** The model, when jobs can be given to it: it is loaded, and writes captions. */
export function captioningModel({ ready, model }: EngineState): ModelInfo | null {
  return ready && model?.canCaption !== false ? model : null;
}

/**
 * Supervises the worker processes. Decoding and inference happen there and only there.
 * Failures reject with an AppError: IMAGE_CORRUPT and its kind are final, DECODE_CRASHED, CAPTION_TIMEOUT and
 * MODEL_UNAVAILABLE are retryable.
 */
export interface CaptionEngine {
  start(): Promise<void>;
  state(): EngineState;
  run(request: EngineRequest): Promise<EngineResult>;
  stop(): Promise<void>;
}
