import { ChangingEngine } from '../../../../server/captioning/changing-engine';
import type { CaptionEngine, EngineRequest, EngineResult, EngineState } from '../../../../server/captioning/engine';

/** Answers when told to, with its own name. */
class StubEngine implements CaptionEngine {
  isStopped = false;
  starting: Promise<void> = Promise.resolve();
  readonly waiting: ((result: EngineResult) => void)[] = [];

  constructor(
    private readonly id: string,
    private readonly problem: EngineState['problem'] = null,
  ) {}

  start = () => this.starting;

  state(): EngineState {
    const { problem } = this;
    const model = { id: this.id, precision: 'fp32', demonstration: false, calibrated: true, canAnswer: false } as const;
    return {
      ready: problem === null,
      model: problem === null ? model : null,
      problem,
      workers: 1,
      secondsPerImage: null,
    };
  }

  run(): Promise<EngineResult> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  stop(): Promise<void> {
    this.isStopped = true;
    return Promise.resolve();
  }

  answer(): void {
    this.waiting.shift()?.({ model: { id: this.id } } as EngineResult);
  }
}

const REQUEST: EngineRequest = { imagePath: '/picture', options: {} };
const nothing = () => undefined;

test('a request ends with the model that it began with, and only then that model goes', async () => {
  const old = new StubEngine('old');
  const next = new StubEngine('next');
  const engine = new ChangingEngine(old);
  const before = engine.run(REQUEST);
  const seen: string[] = [];
  expect(await engine.changeTo(next, ({ id }) => seen.push(id))).toBeNull();
  expect([seen, engine.state().model?.id, old.isStopped]).toEqual([['next'], 'next', false]);
  const after = engine.run(REQUEST);
  next.answer();
  expect((await after).model.id).toBe('next');
  expect(old.isStopped).toBe(false);
  old.answer();
  expect((await before).model.id).toBe('old');
  expect([old.isStopped, next.isStopped]).toEqual([true, false]);
});

test('a model that cannot be loaded changes nothing', async () => {
  const old = new StubEngine('old');
  const problem = { code: 'MODEL_TOO_LARGE', message: 'It has 9 GB of weights.' };
  const next = new StubEngine('next', problem);
  const engine = new ChangingEngine(old);
  expect(await engine.changeTo(next, nothing)).toEqual(problem);
  expect([engine.state().model?.id, old.isStopped, next.isStopped]).toEqual(['old', false, true]);
});

test('a stop in the middle of a change stops all of them', async () => {
  const old = new StubEngine('old');
  const leaving = new StubEngine('leaving');
  const engine = new ChangingEngine(leaving);
  const abandoned = engine.run(REQUEST);
  await engine.changeTo(old, nothing);
  const next = new StubEngine('next', { code: 'MODEL_UNAVAILABLE', message: 'loading' });
  next.starting = new Promise(nothing);
  const changing = engine.changeTo(next, nothing);
  await engine.stop();
  await changing;
  expect([old.isStopped, leaving.isStopped, next.isStopped]).toEqual([true, true, true]);
  leaving.answer();
  await abandoned;
});
