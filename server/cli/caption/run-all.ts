import path from 'node:path';
import type { CaptionEngine } from '../../captioning/engine';
import type { GlossaryEntry } from '../../contract/glossary';
import { readingsWith } from '../../glossary/in-readings';
import { entriesFor, favouredIn, preferredOrder } from '../../glossary/prefer';
import { replaceWords } from '../../glossary/replace';
import type { TranslatedAltText } from '../../translating/translate-alt-text';
import { AppError, toAppError, type ErrorCode } from '../../errors';
import type { Input } from './input';
import { checkFile } from './inputs';
import { captionTexts, failureLine, resultLine, sentenceOf, type Described } from './lines';
import type { Progress } from './progress';
import type { Table } from './table';
import type { Translators } from '../../translating/translators';
import type { Wishes } from './words';

interface Run {
  /** Larger files are refused. */
  readonly maxBytes: number;
  /** Once it fires, nothing more is begun or told. */
  readonly signal: AbortSignal;
  /** null: texts stay English. */
  readonly translators: Pick<Translators, 'translate'> | null;
  readonly table: Table | null;
  readonly progress: Progress;
  readonly out: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** What a worker says of a file of the data folder; here it is the picture itself that went away or has a bad sector. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set(['IMAGE_UNKNOWN', 'STORAGE_UNAVAILABLE']);

const ENGLISH = 'en';

function withWords(translated: TranslatedAltText, entries: readonly GlossaryEntry[]): TranslatedAltText {
  const { language } = translated;
  const texts = [translated.text, ...translated.alternatives];
  const [text = '', ...alternatives] = new Set(
    preferredOrder(texts, entries, language).map((at) => replaceWords(texts[at] ?? '', entries, language).text),
  );
  return { ...translated, text, alternatives };
}

type Outcome = Described | AppError;

/** Describes one picture; a failure is an outcome like any other. */
async function describe(
  engine: CaptionEngine,
  input: Input,
  { options, question, language, glossary }: Wishes,
  { maxBytes, translators }: Pick<Run, 'maxBytes' | 'translators'>,
): Promise<Outcome> {
  if ('problem' in input) return input.problem;
  try {
    await checkFile(input.file, maxBytes);
    const own = entriesFor(glossary, ENGLISH);
    const favour = favouredIn(path.parse(input.name).name, own);
    const asked = { ...options, ...(favour.length === 0 ? {} : { favour }) };
    const said = await engine.run({
      imagePath: input.file,
      options: asked,
      ...(question === null ? {} : { question }),
    });
    const result = said.readings === null || own.length === 0 ? said : { ...said, ...readingsWith(said.readings, own) };
    if (translators === null || language === null || result.readings === null) return result;
    const translated = await translators.translate(captionTexts(result.readings).altText, language);
    return { ...result, translated: withWords(translated, entriesFor(glossary, translated.language)) };
  } catch (thrown) {
    const error = toAppError(thrown);
    return UNREADABLE.has(error.code) ? new AppError('FILE_UNREADABLE', {}, { cause: error }) : error;
  }
}

function tell(name: string, outcome: Outcome, wishes: Wishes, { table, progress, out, complain }: Run): void {
  progress.beside(() => {
    if (outcome instanceof AppError) {
      table?.addFailure(name, outcome);
      if (wishes.json) out(failureLine(name, outcome));
      else complain(`${name}: ${sentenceOf(outcome)}\n`);
      return;
    }
    table?.add(name, outcome);
    if (wishes.json || table === null) out(resultLine(name, outcome, wishes.json));
  });
  progress.step();
}

/** Describes all pictures and prints them in their order, keeping every worker busy. Gives the number of failures. */
export async function describeAll(
  engine: CaptionEngine,
  inputs: readonly Input[],
  wishes: Wishes,
  run: Run,
): Promise<number> {
  const ahead = engine.state().workers + 1;
  const running: { readonly name: string; readonly outcome: Promise<Outcome> }[] = [];
  let failures = 0;
  const finishOldest = async () => {
    const oldest = running.shift();
    if (oldest === undefined) return;
    const outcome = await oldest.outcome;
    if (run.signal.aborted) return;
    if (outcome instanceof AppError) failures += 1;
    tell(oldest.name, outcome, wishes, run);
  };
  for (const input of inputs) {
    if (running.length >= ahead) await finishOldest();
    if (run.signal.aborted) break;
    running.push({ name: input.name, outcome: describe(engine, input, wishes, run) });
  }
  while (running.length > 0) await finishOldest();
  return failures;
}
