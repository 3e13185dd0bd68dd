import { ModelError } from '../model-error';
import type { TrainedLanguage } from './languages-here';

/** Grey values, row by row, `data.length === width * height`. */
export interface GreyPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A word as Tesseract found it; pixels of the picture that it was given, confidence 0..100. */
export interface OcrWord {
  readonly text: string;
  readonly confidence: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Block, paragraph and line: words of one line share it. */
  readonly line: string;
}

/** What was read, and how many lines below the limit were left out. */
export interface OcrReading {
  readonly words: readonly OcrWord[];
  readonly linesLeftOut: number;
}

/** The part of tesseract.js-core (Tesseract 5 as WebAssembly) that is used here; the package has no types of its own. */
interface TessApi {
  Init(folder: string | null, languages: string, engine: number): number;
  End(): void;
  SetVariable(name: string, value: string): boolean;
  SetImageFile(exifOrientation: number, angle: number): number;
  SetRectangle(left: number, top: number, width: number, height: number): void;
  FindLines(): number;
  GetGradient(): number;
  AnalyseLayout(): TessIterator;
  Recognize(monitor: null): number;
  GetTSVText(page: number): string;
  Clear(): void;
}

interface TessIterator {
  Next(level: number): boolean;
}

interface TessModule {
  /** 0 for an object that is not there. */
  getPointer(object: TessIterator): number;
  readonly ResultIterator: { readonly prototype: { getBoundingBox(level: number): { readonly y1: number } } };
  readonly FS: { writeFile(file: string, data: Uint8Array): void; unlink(file: string): void };
  readonly TessBaseAPI: new () => TessApi;
}

type OpenTess = (options: { print(): void; printErr(): void }) => Promise<unknown>;

/** Tesseract's network for lines of text, the only one that its smaller data has. */
const LSTM_ONLY = 1;
/** Finds blocks, paragraphs and lines by itself. */
const SEGMENT_PAGE = '3';
/** Of `deskew`, in radians: less does not harm reading, more is rarely a line of text. */
const [LEAST_TILT, MOST_TILT] = [0.01, 0.35];
const INPUT = '/input';
const WORD_LEVEL = '5';
/** Of an iterator over the layout. */
const LINE_LEVEL = 2;

/** Processors without SIMD instructions take the other build. */
async function openCore(): Promise<TessModule> {
  const silent = { print: () => undefined, printErr: () => undefined };
  const load = (name: string): OpenTess => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- one of two builds; the package has no types
    const loaded: unknown = require(`tesseract.js-core/${name}`);
    if (!isOpener(loaded)) throw new Error(`${name} is no module of Tesseract`);
    return loaded;
  };
  try {
    return checkedModule(await load('tesseract-core-simd-lstm')(silent));
  } catch {
    return checkedModule(await load('tesseract-core-lstm')(silent));
  }
}

const isOpener = (value: unknown): value is OpenTess => typeof value === 'function';

function isModule(value: unknown): value is TessModule {
  return typeof value === 'object' && value !== null && 'FS' in value && 'TessBaseAPI' in value;
}

function checkedModule(value: unknown): TessModule {
  if (isModule(value)) return value;
  throw new Error('tesseract.js-core is not of the version that was expected');
}

/** Reads words in pictures with one set of languages at a time. Holds the thread that it runs in: give it one of its own. */
export class Tesseract {
  private constructor(
    private readonly core: TessModule,
    private readonly api: TessApi,
  ) {}

  /** Throws ModelError MODEL_UNAVAILABLE where the library or the data of a language cannot be used. */
  static async open(languages: readonly TrainedLanguage[]): Promise<Tesseract> {
    try {
      const core = await openCore();
      for (const { code, data } of languages) core.FS.writeFile(`/${code}.traineddata`, data);
      const api = new core.TessBaseAPI();
      const names = languages.map(({ code }) => code).join('+');
      if (api.Init('/', names, LSTM_ONLY) !== 0) throw new Error(`the data of ${names} cannot be used`);
      // In memory already.
      for (const { code } of languages) core.FS.unlink(`/${code}.traineddata`);
      api.SetVariable('tessedit_pageseg_mode', SEGMENT_PAGE);
      api.SetVariable('debug_file', '/dev/null');
      return new Tesseract(core, api);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ModelError('MODEL_UNAVAILABLE', `Words in pictures cannot be read: ${reason}.`, { cause });
    }
  }

  /**
   * The words of the first `mostLines` lines, from the top. `tilt` is the angle in radians by which they are tilted; it is measured unless
   * given, which finds small ones only.
   */
  read(picture: GreyPicture, { mostLines, tilt: known }: { mostLines: number; tilt?: number | undefined }): OcrReading {
    const { api } = this;
    this.setImage(picture, 0);
    try {
      if (api.FindLines() !== 0) return { words: [], linesLeftOut: 0 };
      const gradient = api.GetGradient();
      const measured = Math.abs(gradient) > LEAST_TILT && Math.abs(gradient) < MOST_TILT ? gradient : 0;
      const tilt = known ?? measured;
      if (tilt !== 0) this.setImage(picture, tilt);
      const bottoms = this.lineBottoms().sort((a, b) => a - b);
      if (bottoms.length === 0) return { words: [], linesLeftOut: 0 };
      const last = bottoms[mostLines - 1];
      const linesLeftOut = Math.max(0, bottoms.length - mostLines);
      if (linesLeftOut > 0 && last !== undefined) this.setImage(upTo(picture, last), tilt);
      api.Recognize(null);
      return { words: wordsOf(api.GetTSVText(0)), linesLeftOut };
    } finally {
      api.Clear();
    }
  }

  close(): void {
    this.api.End();
  }

  private setImage({ data, width, height }: GreyPicture, tilt: number): void {
    const { core, api } = this;
    core.FS.writeFile(INPUT, Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), data]));
    const failed = api.SetImageFile(1, tilt) === 1;
    core.FS.unlink(INPUT);
    if (failed) throw new Error('the pixels cannot be read');
  }

  /** Lower edges of the lines that were found. */
  private lineBottoms(): number[] {
    const line = this.api.AnalyseLayout();
    if (this.core.getPointer(line) === 0) return [];
    const bottoms: number[] = [];
    // The library gives this method to one of its two iterators only.
    const { prototype } = this.core.ResultIterator;
    do bottoms.push(prototype.getBoundingBox.call(line, LINE_LEVEL).y1);
    while (line.Next(LINE_LEVEL));
    return bottoms;
  }
}

/** The rows above `bottom`. */
function upTo({ data, width }: GreyPicture, bottom: number): GreyPicture {
  return { data: data.subarray(0, width * bottom), width, height: bottom };
}

/** Lines of Tesseract's table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text. */
function wordsOf(table: string): OcrWord[] {
  return table.split('\n').flatMap((row) => {
    const [level, , block = '', paragraph = '', line = '', , left, top, width, height, confidence, text = ''] =
      row.split('\t');
    if (level !== WORD_LEVEL || text.trim() === '') return [];
    return [
      {
        text: text.trim(),
        confidence: Number(confidence),
        left: Number(left),
        top: Number(top),
        width: Number(width),
        height: Number(height),
        line: [block, paragraph, line].join('.'),
      },
    ];
  });
}
