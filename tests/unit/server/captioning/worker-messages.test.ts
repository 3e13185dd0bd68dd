import type { CaptionOptions, ModelInfo } from '../../../../models/captioner';
import { WorkerPool } from '../../../../server/captioning/worker-pool';
import { tasksOf, TASK_GROUPS } from '../../../../server/captioning/worker-registry';
import { ToWorker } from '../../../../server/captioning/worker-messages';
import type { EngineOptions } from '../../../../server/contract/engine-options';
import { WorkerClaim, type WorkerModel } from '../../../../server/contract/worker';

/** True where two unions have the same members; else nothing fits, and this file does not compile. */
type Same<A, B> = [A, B] extends [B, A] ? true : never;

const options = {
  preset: 'hf',
  task: 'ocr',
  beams: 3,
  maxNewTokens: 5,
  maxLength: 6,
  minLength: 1,
  lengthPenalty: 1,
  repetitionPenalty: 1.5,
  prompt: 'a',
  candidates: 2,
  keepWordless: true,
};
const run = (more: object) => ({ type: 'run', id: 1, imagePath: '/picture', options: { ...options, ...more } });
const claim = (more: object) => ({
  job_id: 'job_a',
  token: 1,
  image_sha256: 'a',
  lease_seconds: 60,
  options: { ...options, ...more },
});

test('what crosses the border has every option of a search and every fact of a model', () => {
  const options: Same<keyof EngineOptions, Exclude<keyof CaptionOptions, 'signal'>> = true;
  const model: Same<keyof WorkerModel, keyof ModelInfo> = true;
  expect([options, model]).toEqual([true, true]);
});

test('every option of a search reaches a worker process here and on another machine', () => {
  expect(ToWorker.parse(run({}))).toMatchObject({ options });
  expect(WorkerClaim.parse(claim({}))).toMatchObject({ options });
});

test('an option that the other side does not know is an error and not left out', () => {
  expect(ToWorker.safeParse(run({ temperature: 1 })).error?.issues[0]).toMatchObject({ code: 'unrecognized_keys' });
  expect(WorkerClaim.safeParse(claim({ temperature: 1 })).success).toBe(false);
  expect(ToWorker.safeParse({ ...run({}), mask: '/mask' }).success).toBe(false);
});

test('such a request fails before it reaches a worker process', async () => {
  const pool = new WorkerPool({ modelFolder: '/nowhere', maxPixels: 1 });
  const asked = pool.run({ imagePath: '/picture', options: { temperature: 1 } as object });
  await expect(asked).rejects.toThrow(/temperature/);
});

test('a model is asked for what its group can, and no group is half done', () => {
  const florence = { canAnswer: false, canPrompt: false, tasks: ['caption', 'detailed', 'more_detailed', 'ocr'] };
  expect(tasksOf(florence)).toEqual(florence.tasks);
  expect(tasksOf({ ...florence, tasks: ['caption', 'ocr'] })).toEqual(['caption']);
  expect(tasksOf({ canAnswer: true, canCaption: false })).toEqual(['answer']);
  expect(tasksOf({ canAnswer: true })).toEqual(['caption', 'answer', 'prompt']);
  expect(tasksOf({ canAnswer: true, canPrompt: false })).toEqual(['caption', 'answer']);
  expect(TASK_GROUPS).toContainEqual(tasksOf({ canAnswer: false }));
});
