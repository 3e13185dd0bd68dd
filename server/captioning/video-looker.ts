import { createReadStream, statSync } from 'node:fs';
import type { ModelInfo } from '../../models/captioner';
import type { CaptionReply } from '../contract/caption';
import type { ModelRef } from '../contract/primitives';
import { AppError } from '../errors';
import type { ImageStore } from '../intake/image-store';
import { spoolImage, type SpooledImage } from '../intake/spool';
import type { VideoStore } from '../intake/video-store';
import type { Claim } from '../queue/queue';
import { describeScenes } from '../video/describe-scenes';
import { withVideo, type VideoReading } from '../video/read-video';
import { captioningModel, type CaptionEngine } from './engine';
import { captionOf } from './engine-result';
import type { PictureFile } from './instant-caption';
import { jointModelRef, modelRefOf } from './model-ref';
import { modelKey } from './result-store';
import { SUGGESTION_SETTINGS } from './settings';
import { composeTexts } from './text/compose';
import type { VideoLook, VideoLookStore } from './video-look-store';

export interface VideoLookerParts {
  readonly engine: Pick<CaptionEngine, 'run' | 'state'>;
  /** The model of today, here or of the workers elsewhere; as the acceptor of jobs has it. */
  readonly model: () => ModelInfo | null;
  /** One picture by the workers elsewhere, where none is here, without the words of the site's owner. */
  readonly elsewhere: (picture: PictureFile, siteId: string, signal: AbortSignal) => Promise<CaptionReply>;
  readonly imagesOf: (siteId: string) => Pick<ImageStore, 'captionablePath' | 'draftPath' | 'removeDrafts'>;
  readonly videosOf: (siteId: string) => Pick<VideoStore, 'putPoster' | 'dropPoster'>;
  readonly videoLooksOf: (siteId: string) => Pick<VideoLookStore, 'get'>;
  /** Rejects with VIDEO_DECODER_MISSING. */
  readonly reading: (signal: AbortSignal) => Promise<VideoReading>;
  /** Folder for what is not finished. */
  readonly temporary: string;
  readonly limits: { readonly maxBytes: number; readonly maxPixels: number };
}

export interface Seen {
  readonly look: VideoLook;
  readonly thumbnail: { file: string; bytes: number } | null;
  /** What became no thumbnail goes, and the poster too where nothing of the look was kept. Rejects with what the disk says. */
  readonly end: (isKept: boolean) => Promise<void>;
}

export type LookAtVideo = (claim: Claim, signal: AbortSignal) => Promise<Seen>;

interface Still {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** Path of the picture. */
  readonly file: string;
}

/** A video, or the frames that came in its place, ready to be described. */
interface Stills {
  readonly duration: number;
  readonly hasSound: boolean | null;
  readonly isWhole: boolean;
  readonly frames: readonly Still[];
}

type Described = Pick<VideoLook['scenes'][number], 'caption' | 'nouns' | 'confidence' | 'title'> & { model: ModelRef };

/** Stills that are described at a time by workers elsewhere: nobody else shall wait long for them. */
const ELSEWHERE_AT_ONCE = 2;

/** Looks at a video once: chooses its stills, has each described, and keeps the one that can be its poster. */
export function videoLooker(parts: VideoLookerParts): LookAtVideo {
  return async (claim, signal) => {
    const model = parts.model();
    const known = model === null ? null : parts.videoLooksOf(claim.siteId).get(claim.imageSha256, modelKey(model));
    if (known !== null) return { look: known, thumbnail: null, end: () => Promise.resolve() };
    return withStills(parts, claim, signal, (stills) => new Look(parts, claim, signal).at(stills));
  };
}

function withStills(
  parts: VideoLookerParts,
  { siteId, imageSha256, work }: Claim,
  signal: AbortSignal,
  use: (stills: Stills) => Promise<Seen>,
): Promise<Seen> {
  const images = parts.imagesOf(siteId);
  const { frames, duration, has_sound = null } = work.video ?? {};
  if (frames === undefined) return withVideoOf(parts, videoPath(images, imageSha256), signal, use);
  const last = frames.at(-1)?.at ?? 0;
  const end = duration ?? last;
  const stills = frames.map(({ image_sha256, at }, index) => ({
    at,
    // The first scene begins with the video.
    from: index === 0 ? 0 : at,
    to: frames[index + 1]?.at ?? end,
    file: images.captionablePath(image_sha256),
  }));
  return use({ duration: end, hasSound: has_sound, isWhole: true, frames: stills });
}

/** Throws VIDEO_UNKNOWN and STORAGE_UNAVAILABLE. */
function videoPath(images: Pick<ImageStore, 'captionablePath'>, sha256: string): string {
  try {
    return images.captionablePath(sha256);
  } catch (error) {
    if (error instanceof AppError && error.code === 'IMAGE_UNKNOWN')
      throw new AppError('VIDEO_UNKNOWN', {}, { cause: error });
    throw error;
  }
}

async function withVideoOf(
  { reading }: VideoLookerParts,
  file: string,
  signal: AbortSignal,
  use: (stills: Stills) => Promise<Seen>,
): Promise<Seen> {
  return withVideo(file, await reading(signal), use);
}

class Look {
  readonly #draft: string;

  constructor(
    private readonly parts: VideoLookerParts,
    private readonly claim: Claim,
    private readonly signal: AbortSignal,
  ) {
    this.#draft = `${claim.jobId}-${claim.token}-`;
  }

  async at(stills: Stills): Promise<Seen> {
    try {
      const described = await this.#describeAll(stills.frames);
      const scenes = stills.frames.flatMap(({ at, from, to }, index) => {
        const one = described[index];
        return one === undefined ? [] : [{ at, from, to, ...withoutModel(one) }];
      });
      const [first, ...others] = scenes;
      const [model, ...otherModels] = described.map((one) => one.model);
      if (first === undefined || model === undefined) throw new AppError('VIDEO_WITHOUT_PICTURES');
      const { posterAt } = describeScenes([first, ...others]);
      const poster = stills.frames.findIndex(({ at }) => at === posterAt);
      const { duration, hasSound: has_sound, isWhole: is_whole } = stills;
      const facts = { model: jointModelRef([model, ...otherModels]), duration, has_sound, is_whole };
      const look: VideoLook = {
        ...facts,
        scenes: [first, ...others],
        poster: await this.#poster(stills.frames[poster]),
      };
      return { look, thumbnail: this.#thumbnail(poster), end: (isKept) => this.#end(isKept ? null : look.poster) };
    } catch (error) {
      await this.#end(null);
      throw error;
    }
  }

  async #end(unused: VideoLook['poster']): Promise<void> {
    const { siteId } = this.claim;
    await this.parts.imagesOf(siteId).removeDrafts(this.#draft);
    if (unused !== null) this.parts.videosOf(siteId).dropPoster(unused.image_sha256);
  }

  /** As many at a time as there are workers, and one more, so that none waits. Rejects with a failure once none is under way. */
  async #describeAll(frames: readonly Still[]): Promise<Described[]> {
    const { engine } = this.parts;
    const isHere = captioningModel(engine.state()) !== null;
    const described: Described[] = [];
    let next = 0;
    let hasFailed = false;
    const work = async () => {
      for (let at = next++; at < frames.length && !hasFailed; at = next++) {
        const frame = frames[at];
        if (frame === undefined) return;
        this.signal.throwIfAborted();
        described[at] = isHere ? await this.#describeHere(frame, at) : await this.#describeElsewhere(frame);
      }
    };
    const orFail = () =>
      work().catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    const atOnce = isHere ? engine.state().workers + 1 : ELSEWHERE_AT_ONCE;
    const outcomes = await Promise.allSettled(Array.from({ length: Math.min(atOnce, frames.length) }, orFail));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return described;
  }

  async #describeHere({ file }: Still, at: number): Promise<Described> {
    const result = await this.parts.engine.run({
      imagePath: file,
      options: SUGGESTION_SETTINGS,
      thumbnailPath: this.#draftOf(at),
      signal: this.signal,
    });
    const { caption, readings, image, model } = captionOf(result);
    const wish = { context: null, current: null, fields: ['title', 'keywords'] as const };
    const { fields, confidence } = composeTexts({ caption, readings, image, model, ...wish });
    const { alt_text, title, keywords } = fields;
    return { caption: alt_text, title, nouns: keywords ?? [], confidence, model: modelRefOf(model) };
  }

  async #describeElsewhere({ file }: Still): Promise<Described> {
    // A copy, because the picture of a question is removed when it is answered.
    const reply = await this.parts.elsewhere(await this.#spool(file), this.claim.siteId, this.signal);
    const { alt_text, seo, confidence, model } = reply;
    return { caption: alt_text, title: seo.title, nouns: seo.keywords ?? [], confidence, model };
  }

  #draftOf(at: number): string {
    return this.parts.imagesOf(this.claim.siteId).draftPath(`${this.#draft}${at}.webp`);
  }

  #thumbnail(at: number): { file: string; bytes: number } | null {
    const file = this.#draftOf(at);
    const facts = statSync(file, { throwIfNoEntry: false });
    return facts === undefined ? null : { file, bytes: facts.size };
  }

  /** A still that was cut here becomes a picture of the site; one that a client sent is one already. */
  async #poster(still: Still | undefined): Promise<VideoLook['poster']> {
    if (still === undefined) return null;
    const sent = this.claim.work.video?.frames?.find(({ at }) => at === still.at);
    if (sent !== undefined) return { image_sha256: sent.image_sha256, at: still.at };
    const spooled = await this.#spool(still.file);
    await this.parts.videosOf(this.claim.siteId).putPoster(spooled);
    return { image_sha256: spooled.sha256, at: still.at };
  }

  #spool(file: string): Promise<SpooledImage> {
    return spoolImage(createReadStream(file), this.parts.temporary, this.parts.limits);
  }
}

function withoutModel({ caption, nouns, confidence, title }: Described) {
  return { caption, nouns, confidence, title };
}
