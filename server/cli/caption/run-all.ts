import type { CaptionEngine, EngineResult } from '../../captioning/engine';
import { AppError, toAppError } from '../../errors';
import { checkFile, type Input } from './inputs';
import { failureLine, resultLine, sentenceOf } from './lines';
import type { Progress } from './progress';
import type { Table } from './table';
import type { Wishes } from './words';

interface Output {
  readonly table: Table | null;
  readonly progress: Progress;
  readonly out: (text: string) => void;
  readonly complain: (text: string) => void;
}

type Outcome = EngineResult | AppError;

/** Describes one picture; a failure is an outcome like any other. */
async function describe(engine: CaptionEngine, input: Input, wishes: Wishes): Promise<Outcome> {
  const { options, question } = wishes;
  try {
    await checkFile(input.file);
    return await engine.run({ imagePath: input.file, options, ...(question === null ? {} : { question }) });
  } catch (thrown) {
    return toAppError(thrown);
  }
}

function tell(name: string, outcome: Outcome, wishes: Wishes, { table, progress, out, complain }: Output): void {
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
  output: Output,
): Promise<number> {
  const ahead = engine.state().workers + 1;
  const running: { readonly name: string; readonly outcome: Promise<Outcome> }[] = [];
  let failures = 0;
  const finishOldest = async () => {
    const oldest = running.shift();
    if (oldest === undefined) return;
    const outcome = await oldest.outcome;
    if (outcome instanceof AppError) failures += 1;
    tell(oldest.name, outcome, wishes, output);
  };
  for (const input of inputs) {
    if (running.length >= ahead) await finishOldest();
    running.push({ name: input.name, outcome: describe(engine, input, wishes) });
  }
  while (running.length > 0) await finishOldest();
  return failures;
}
