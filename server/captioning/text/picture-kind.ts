import type { JobContext } from '../../contract/job';
import type { PictureWords } from '../../contract/worker';
import type { ImageFacts } from '../engine';
import { writtenKind } from './picture-words';

/** What can be told about a picture from its size, its colours, its name and the words of the caption. */
export interface PictureKind {
  readonly tiny: boolean;
  readonly nearUniform: boolean;
  readonly screenshot: boolean;
  readonly chartLike: boolean;
  readonly logoOrIcon: boolean;
  readonly textInImage: boolean;
  /** A line, a dot or a plain area. */
  readonly mereShape: boolean;
}

/** Shorter side, or both sides together, of pictures that only decorate or mark. Pixels. */
const TINY_SIDE = 32;
const TINY_AREA = 96 * 96;
/** Standard deviation of the grey values, of 128. A clear sky still has about 8. */
const UNIFORM_CONTRAST = 4;
/** Share of the five commonest colours. The greyest of the test photographs reach 0.87; plain drawings lie above. */
const DRAWN_FLATNESS = 0.92;
const LOGO_LONGEST_SIDE = 800;
const SCREEN_LONGEST_SIDE = 900;
const DIVIDER_RATIO = 12;

const SAID = {
  screenshot: /\bscreen ?shots?\b|\bscreen capture\b|\bweb ?page\b|\bwebsite\b/i,
  chart:
    /\b(?:bar |pie |line |flow ?)?charts?\b|\bgraphs?\b|\bdiagrams?\b|\binfographics?\b|\bflowcharts?\b|\bmaps?\b/i,
  logo: /\blogos?\b|\bicons?\b|\bemblems?\b/i,
  writing:
    /\b(?:text|words?|letters?|lettering|writing|written|sign|signs|poster|posters|menu|newspaper)\b|\bthat (?:says|reads)\b/i,
};

export interface KindFacts {
  readonly image: ImageFacts;
  /** The caption. */
  readonly text: string;
  readonly context: JobContext | null;
  /** Absent or null where the words in the picture were not read: then shape and colours are guessed from. */
  readonly words?: PictureWords | null | undefined;
}

/** Reads the kind from facts and words; every answer is a hint to a person, never a verdict. */
export function pictureKind({ image, text, context, words }: KindFacts): PictureKind {
  const name = (context?.file_name ?? '').replace(/[-_.\d]+/g, ' ');
  const says = (pattern: RegExp) => pattern.test(text) || pattern.test(name);
  const longest = Math.max(image.width, image.height);
  const shortest = Math.max(1, Math.min(image.width, image.height));
  const tiny = shortest < TINY_SIDE || image.width * image.height < TINY_AREA;
  const nearUniform = image.contrast < UNIFORM_CONTRAST;
  const drawn = image.flatness >= DRAWN_FLATNESS && !nearUniform && image.format !== 'jpeg';
  const logoShaped = drawn && longest <= LOGO_LONGEST_SIDE && (image.hasAlpha || longest <= 256);
  const screenShaped = drawn && !logoShaped && !image.hasAlpha && longest >= SCREEN_LONGEST_SIDE;
  const written = words == null ? { page: screenShaped, labelled: false } : writtenKind(words, image.flatness);
  const hasWords = words != null && words.lines.length > 0;
  // What is drawn and no screen is a chart or a drawing, whatever its size: a rule must not approve it like a photograph.
  const screenshot = says(SAID.screenshot) || written.page;
  const drawing = drawn && !logoShaped && !tiny;
  return {
    tiny,
    nearUniform,
    screenshot,
    chartLike: says(SAID.chart) || written.labelled || (drawing && !screenshot),
    logoOrIcon: says(SAID.logo) || logoShaped,
    textInImage: hasWords || words?.unreadable === true || SAID.writing.test(text),
    mereShape: tiny || nearUniform || longest / shortest >= DIVIDER_RATIO,
  };
}
