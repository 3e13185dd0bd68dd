import { readFileSync } from 'node:fs';
import path from 'node:path';
import { samplePng } from '../sample-image';
import { waitFor } from '../wait-for';
import type { FetchingSidecar } from './fetching-sidecar';

const PHOTO = readFileSync(path.resolve(__dirname, '../../fixtures/images/cat.jpg'));

export interface Load {
  /** Pictures that mini suggests for; the first `decided` of them are approved and rejected in turn. */
  readonly first: number;
  readonly decided: number;
  /** Pictures that come while the model is fetched, and after the change. */
  readonly meanwhile: number;
  readonly afterwards: number;
  /** How many ask for one caption after the other all the while. */
  readonly callers: number;
}

/** What became of the captions, jobs and suggestions. */
export interface Outcome {
  readonly failures: readonly unknown[];
  /** Captions by the model that wrote them. */
  readonly captions: Readonly<Record<string, number>>;
  readonly failedJobs: readonly unknown[];
  /** Numbers of the subjects whose suggestion waits for a person, all by the new model. */
  readonly undecided: readonly number[];
  /** The decided suggestions before the change and after it. */
  readonly before: readonly any[];
  readonly after: readonly any[];
}

export async function suggest({ sidecar }: FetchingSidecar, from: number, to: number): Promise<void> {
  for (let seed = from; seed <= to; seed += 1) {
    const image = samplePng(seed);
    await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
    const subject = { type: 'attachment', id: String(seed) };
    const { status } = await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
    expect(status).toBe(202);
  }
}

async function suggestions({ sidecar }: FetchingSidecar, query = ''): Promise<any[]> {
  return (await sidecar.call('GET', `/v1/suggestions?limit=200${query}`)).body.items;
}

async function decide({ sidecar }: FetchingSidecar, id: string, action: string): Promise<void> {
  const { body } = await sidecar.call('GET', `/v1/suggestions/${id}`);
  const { version } = body.suggestion;
  const by = { id: '1', name: 'Ann' };
  const { status } = await sidecar.call('POST', `/v1/suggestions/${id}/decision`, { action, by, version });
  expect(status).toBe(200);
}

/** Lets mini suggest and a person decide; `hurry` then lets the fetch end, and everything goes on through the change of model. At most 200 stay undecided. */
export async function changeOver(
  fetching: FetchingSidecar,
  load: Load,
  hurry: () => Promise<void> | void,
): Promise<Outcome> {
  const { sidecar } = fetching;
  await suggest(fetching, 1, load.first);
  const isSuggested = async () => (await suggestions(fetching)).length === load.first;
  await waitFor('the suggestions of mini', isSuggested, { timeoutMs: 300_000 });
  const chosen = (await suggestions(fetching, '&sort=oldest')).slice(0, load.decided).map(({ id }) => id as string);
  for (const [index, id] of chosen.entries()) await decide(fetching, id, index % 2 === 0 ? 'approve' : 'reject');
  const decided = async () =>
    (await Promise.all(chosen.map((id) => sidecar.call('GET', `/v1/suggestions/${id}`)))).map(
      ({ body }) => body.suggestion,
    );
  const before = await decided();

  const captions: Record<string, number> = {};
  const failures: unknown[] = [];
  const state = { goesOn: true };
  const caption = async () => {
    while (state.goesOn) {
      const { status, body } = await sidecar.call('POST', '/v1/captions', PHOTO);
      if (status === 200) captions[body.model.id] = (captions[body.model.id] ?? 0) + 1;
      else failures.push(body);
    }
  };
  const callers = Array.from({ length: load.callers }, caption);
  await hurry();
  const beforeChange = load.first + load.meanwhile;
  await suggest(fetching, load.first + 1, beforeChange);
  await waitFor('the change of model', async () => (await fetching.model()) === 'blip-base', { timeoutMs: 300_000 });
  await suggest(fetching, beforeChange + 1, beforeChange + load.afterwards);
  await waitFor('captions of the new model', () => captions['blip-base'] !== undefined);
  state.goesOn = false;
  await Promise.all(callers);

  const count = beforeChange + load.afterwards - load.decided;
  const pending = await waitFor(
    'everything undecided to be asked again',
    async () => {
      const items = await suggestions(fetching, '&state=pending');
      return items.length === count && items.every(({ model }) => model.id === 'blip-base') ? items : null;
    },
    { timeoutMs: 300_000 },
  );
  return {
    failures,
    captions,
    failedJobs: (await sidecar.call('GET', '/v1/jobs?state=failed')).body.items,
    undecided: pending.map(({ subject }) => Number(subject.id)).sort((a, b) => a - b),
    before,
    after: await decided(),
  };
}

/** No caption failed, no job is lost or failed, what was undecided was asked again, and what was decided is as it was. */
export function expectNothingLost(outcome: Outcome, load: Load): void {
  const { failures, captions, failedJobs, undecided, before, after } = outcome;
  expect([failures, failedJobs]).toEqual([[], []]);
  expect(Object.keys(captions).sort()).toEqual(['blip-base', 'mini']);
  const all = Array.from({ length: load.first + load.meanwhile + load.afterwards }, (_, index) => index + 1);
  const decided = new Set(before.map(({ subject }) => Number(subject.id)));
  expect(decided.size).toBe(load.decided);
  expect(undecided).toEqual(all.filter((seed) => !decided.has(seed)));
  expect(after).toEqual(before);
}
