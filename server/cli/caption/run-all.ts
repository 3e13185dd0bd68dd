import type { CaptionEngine } from '../../captioning/engine';
import { AppError } from '../../errors';
import { isVideo } from '../../video/sniff-video';
import { describePicture } from './describe-picture';
import { describeVideo, videoJson, type DescribedVideo, type VideoDescriber } from './describe-video';
import type { Input } from './input';
import { failureLine, resultLine, sentenceOf, type Described } from './lines';
import type { Progress } from './progress';
import type { Table } from './table';
import type { Wishes } from './words';

interface Run extends Pick<VideoDescriber, 'maxBytes' | 'translators' | 'videos'> {
  /** Once it fires, nothing more is begun or told. */
  readonly signal: AbortSignal;
  readonly table: Table | null;
  readonly progress: Progress;
  readonly out: (text: string) => void;
  readonly complain: (text: string) => void;
}

type Outcome = Described | DescribedVideo | AppError;

async function describe(input: Input, describer: VideoDescriber): Promise<Outcome> {
  if ('problem' in input) return input.problem;
  const { name, file } = input;
  return (await isVideo(name, file)) ? describeVideo(input, describer) : describePicture(input, describer);
}

function tell(name: string, outcome: Outcome, wishes: Wishes, { table, progress, out, complain }: Run): void {
  progress.beside(() => {
    if (outcome instanceof AppError) {
      table?.addFailure(name, outcome);
      if (wishes.json) out(failureLine(name, outcome));
      else complain(`${name}: ${sentenceOf(outcome)}\n`);
      return;
    }
    if ('scenes' in outcome) {
      table?.addVideo(name, outcome);
      if (wishes.json) out(`${JSON.stringify(videoJson(name, outcome))}\n`);
      else if (table === null) out(`${name}: ${outcome.texts.summary}\n`);
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
    running.push({ name: input.name, outcome: describe(input, { engine, wishes, ...run }) });
  }
  while (running.length > 0) await finishOldest();
  return failures;
}
