import { difference, otherColours, type Sample, type ThumbnailFacts } from './thumbnail';

/** One picture of the video that stands for a stretch of it. Numbers count samples. */
export interface ChosenFrame {
  readonly sample: number;
  readonly first: number;
  /** The last sample of its stretch. */
  readonly last: number;
}

export interface ChoiceOptions {
  /** Samples a second. */
  readonly rate: number;
  readonly mostFrames: number;
}

/** Darker on average, or plainer, shows nothing. Grey levels. */
const BLACK = 16;
const PLAIN = 8;
/** A cut changes the bytes of the picture by at least this much on average … */
const CUT = 12;
/** … and either this share of its pixels has another colour, or the change is this many times what is usual around it. */
const CUT_COLOURS = 0.3;
const CUT_TIMES = 3;
/** Changes on either side that say what is usual. */
const USUAL_OF = 4;
/** A shot that goes on gets another frame after this long, if it looks different by then. */
const LONG_SECONDS = 8;
/** A shorter stretch between two cuts is a flash or a part of a fade. */
const LEAST_SECONDS = 1;
/** So long a time of nothing but such short ones gets a frame all the same. */
const LEAST_RUN_SECONDS = 2;

interface Stretch {
  readonly first: number;
  readonly last: number;
}

const shows = ({ mean, contrast }: ThumbnailFacts) => mean > BLACK && contrast > PLAIN;

/** The lower one of an even number. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** How much each sample differs from the one before it; the first from nothing. */
function changesOf(samples: readonly Sample[]): number[] {
  return samples.map(({ picture }, at) => difference(samples[at - 1]?.picture ?? picture, picture));
}

/** Whether something new begins at sample `at`, which is not the first. */
function isCut(samples: readonly Sample[], changes: readonly number[], at: number): boolean {
  const [earlier, later, change = 0] = [samples[at - 1], samples[at], changes[at]];
  if (earlier === undefined || later === undefined) return false;
  if (shows(earlier) !== shows(later)) return true;
  if (change < CUT) return false;
  if (otherColours(earlier.colours, later.colours) > CUT_COLOURS) return true;
  // In a moving camera every change is large. The first change of all is none.
  const around = [...changes.slice(Math.max(1, at - USUAL_OF), at), ...changes.slice(at + 1, at + 1 + USUAL_OF)];
  return change > CUT_TIMES * median(around);
}

/** The samples from cut to cut. */
function shotsOf(samples: readonly Sample[], rate: number): Stretch[] {
  const shots: Stretch[] = [];
  const changes = changesOf(samples);
  let first = 0;
  for (let at = 1; at < samples.length; at += 1) {
    const [start, later] = [samples[first], samples[at]];
    if (start === undefined || later === undefined) continue;
    const isLong = at - first >= LONG_SECONDS * rate && difference(start.picture, later.picture) > CUT;
    if (!isLong && !isCut(samples, changes, at)) continue;
    shots.push({ first, last: at - 1 });
    first = at;
  }
  if (samples.length > 0) shots.push({ first, last: samples.length - 1 });
  return shots;
}

const lengthOf = ({ first, last }: Stretch) => last - first + 1;

/** Neighbouring short stretches as one, if they last; else they are left out, unless there is nothing else. */
function withoutFlashes(shots: readonly Stretch[], rate: number): Stretch[] {
  const joined: { stretch: Stretch; isShort: boolean }[] = [];
  for (const stretch of shots) {
    const isShort = lengthOf(stretch) < LEAST_SECONDS * rate;
    const before = joined.at(-1);
    if (isShort && before?.isShort === true && before.stretch.last === stretch.first - 1)
      before.stretch = { first: before.stretch.first, last: stretch.last };
    else joined.push({ stretch, isShort });
  }
  const kept = joined.filter(({ stretch, isShort }) => !isShort || lengthOf(stretch) >= LEAST_RUN_SECONDS * rate);
  return (kept.length > 0 ? kept : joined).map(({ stretch }) => stretch);
}

/** The sharpest sample that shows something; the first and last of a stretch may be half of another one. */
function bestOf({ first, last }: Stretch, samples: readonly Sample[]): number | null {
  const inside = last - first >= 2 ? { first: first + 1, last: last - 1 } : { first, last };
  let best: number | null = null;
  for (let at = inside.first; at <= inside.last; at += 1) {
    const sample = samples[at];
    if (sample === undefined || !shows(sample)) continue;
    if (best === null || sample.sharpness > (samples[best]?.sharpness ?? 0)) best = at;
  }
  return best;
}

/**
 * The frames that tell what a video shows, in order: one for each shot that lasts a second or more, more for a long one that changes,
 * none for what is black or plain. Pure. Where there are too many the shortest shots go without.
 */
export function chooseFrames(samples: readonly Sample[], { rate, mostFrames }: ChoiceOptions): ChosenFrame[] {
  const visible = shotsOf(samples, rate).filter(({ first }) => {
    const sample = samples[first];
    return sample !== undefined && shows(sample);
  });
  const frames = withoutFlashes(visible, rate).flatMap((stretch): ChosenFrame[] => {
    const sample = bestOf(stretch, samples);
    return sample === null ? [] : [{ sample, ...stretch }];
  });
  return [...frames]
    .sort((one, other) => lengthOf(other) - lengthOf(one))
    .slice(0, mostFrames)
    .sort((one, other) => one.sample - other.sample);
}
