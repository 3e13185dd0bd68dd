import { __ } from '@wordpress/i18n';
import type { Frame } from '../shared/attachment-api';

/** Longest side of a picture that is sent, in pixels; the model looks at fewer. */
const EDGE = 768;
/** Size of the grey picture by which two are compared. */
const [SMALL_WIDTH, SMALL_HEIGHT] = [64, 36];
/** Grey levels: below the first a picture is black, below the second it is of one colour, above the third it shows another scene. */
const [DARK, FLAT, OTHER] = [16, 8, 12];
/** Places of a video that are looked at, and pictures that are sent, at most. */
const [MOST_LOOKS, FEWEST_LOOKS, MOST_FRAMES] = [60, 6, 24];
/** What the sidecar describes at most, in seconds. */
const LONGEST = 4 * 3600;
/** How long the browser may take for one step, in milliseconds. */
const PATIENCE = 20_000;

export interface Cut {
  readonly duration: number;
  readonly frames: readonly Frame[];
}

/**
 * One picture of each scene of a video that this browser can play, as the sidecar would choose them: no black ones, and none
 * that looks like the one before. Throws an Error with a sentence for the person.
 */
export async function cutFrames(url: string, onProgress: (share: number) => void, signal: AbortSignal): Promise<Cut> {
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'auto';
  // A picture of a file from elsewhere can only be read where that server allows it.
  if (new URL(url, location.href).origin !== location.origin) video.crossOrigin = 'anonymous';
  let copy = '';
  try {
    await load(video, url, signal);
    // Some servers give no part of a file; from a copy in the browser any moment can be shown.
    if (!canSeek(video)) {
      copy = URL.createObjectURL(await (await fetch(url, { signal })).blob());
      await load(video, copy, signal);
    }
    const duration = await durationOf(video, signal);
    const looks = Math.min(MOST_LOOKS, Math.max(FEWEST_LOOKS, Math.ceil(duration)));
    const frames: Frame[] = [];
    let last: Uint8ClampedArray | null = null;
    for (let look = 0; look < looks && frames.length < MOST_FRAMES; look += 1) {
      const at = ((look + 0.5) * duration) / looks;
      const seeked = happened(video, 'seeked', signal);
      video.currentTime = at;
      await seeked;
      const grey = greyOf(video);
      if (showsSomething(grey) && (last === null || difference(last, grey) > OTHER)) {
        frames.push({ at: Math.round(at * 1000) / 1000, image: jpegOf(video) });
        last = grey;
      }
      onProgress((look + 1) / looks);
    }
    if (frames.length === 0) throw new Error(__('The video shows nothing that can be described: only sound, a cover, or black frames.', 'altsmith'));
    return { duration, frames };
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'SecurityError')
      throw new Error(__('The video lies on another server, which does not let this page take pictures of it.', 'altsmith'), { cause: thrown });
    throw thrown;
  } finally {
    video.removeAttribute('src');
    video.load();
    if (copy !== '') URL.revokeObjectURL(copy);
  }
}

async function load(video: HTMLVideoElement, url: string, signal: AbortSignal): Promise<void> {
  const loaded = happened(video, 'loadeddata', signal);
  video.src = url;
  await loaded;
}

const canSeek = ({ seekable, duration }: HTMLVideoElement) =>
  duration === Infinity || (seekable.length > 0 && seekable.end(seekable.length - 1) >= duration - 0.5);

/** Files that a browser has recorded say how long they are only at their end. */
async function durationOf(video: HTMLVideoElement, signal: AbortSignal): Promise<number> {
  if (video.duration === Infinity) {
    const seeked = happened(video, 'seeked', signal);
    video.currentTime = LONGEST;
    await seeked;
  }
  if (!Number.isFinite(video.duration) || video.duration <= 0 || video.videoWidth === 0) throw new Error(CANNOT_PLAY);
  if (video.duration > LONGEST) throw new Error(__('The video is longer than four hours. Upload it in parts.', 'altsmith'));
  return video.duration;
}

const CANNOT_PLAY = __('This browser cannot play the video either. Upload it as MP4 or WebM.', 'altsmith');

function happened(video: HTMLVideoElement, name: 'loadeddata' | 'seeked', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const end = (finish: () => void) => () => {
      over.abort();
      window.clearTimeout(timer);
      finish();
    };
    const fail = end(() => reject(new Error(CANNOT_PLAY)));
    const timer = window.setTimeout(fail, PATIENCE);
    video.addEventListener(name, end(resolve), { signal: over.signal });
    video.addEventListener('error', fail, { signal: over.signal });
    signal.addEventListener('abort', fail, { signal: over.signal });
  });
}

function drawn(video: HTMLVideoElement, width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error(CANNOT_PLAY);
  context.drawImage(video, 0, 0, width, height);
  return context;
}

/** One value for each pixel, 0 to 255. */
function greyOf(video: HTMLVideoElement): Uint8ClampedArray {
  const { data } = drawn(video, SMALL_WIDTH, SMALL_HEIGHT).getImageData(0, 0, SMALL_WIDTH, SMALL_HEIGHT);
  return Uint8ClampedArray.from({ length: SMALL_WIDTH * SMALL_HEIGHT }, (_, pixel) => {
    const [red = 0, green = 0, blue = 0] = data.subarray(pixel * 4, pixel * 4 + 3);
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  });
}

const mean = (values: Uint8ClampedArray) => values.reduce((sum, value) => sum + value, 0) / values.length;

function showsSomething(grey: Uint8ClampedArray): boolean {
  const level = mean(grey);
  const deviation = Math.sqrt(grey.reduce((sum, value) => sum + (value - level) ** 2, 0) / grey.length);
  return level > DARK && deviation > FLAT;
}

const difference = (one: Uint8ClampedArray, other: Uint8ClampedArray) =>
  one.reduce((sum, value, pixel) => sum + Math.abs(value - (other[pixel] ?? 0)), 0) / one.length;

/** Base64 of a JPEG. */
function jpegOf(video: HTMLVideoElement): string {
  const scale = Math.min(1, EDGE / Math.max(video.videoWidth, video.videoHeight));
  const { canvas } = drawn(video, Math.max(1, Math.round(video.videoWidth * scale)), Math.max(1, Math.round(video.videoHeight * scale)));
  return canvas.toDataURL('image/jpeg', 0.85).split(',')[1] ?? '';
}
