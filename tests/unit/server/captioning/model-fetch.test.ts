import pino from 'pino';
import { fetchObstacle } from '../../../../server/captioning/fetch-obstacle';
import { ModelFetch, type ModelFetchParts } from '../../../../server/captioning/model-fetch';
import type { ListedModel, ModelPull } from '../../../../server/contract/model';
import { findModel } from '../../../../models/registry';

const MINUTE = 60_000;

/** The parts of a fetch, with a clock and a pull that the test moves. */
function bench(more: Partial<ModelFetchParts> = {}) {
  const at = { ms: 0, pull: null as ModelPull | null, needed: true, pulls: 0, options: null as unknown };
  const lines: string[] = [];
  const fetch = new ModelFetch({
    id: 'blip-base',
    bytes: 990e6,
    hub: 'hub.example',
    isNeeded: () => at.needed,
    obstacle: () => null,
    shelf: {
      pull: (id: string, options: unknown) => {
        at.pulls += 1;
        at.options = options;
        at.pull = { state: 'running', step: 'Starting', done_bytes: 0, total_bytes: 990e6, error: null };
        return { id } as ListedModel;
      },
      pullOf: () => at.pull,
      isPulling: () => at.pull?.state === 'running',
    },
    logger: pino({ level: 'warn' }, { write: (line: string) => lines.push(line) }),
    now: () => at.ms,
    ...more,
  });
  const end = (state: 'done' | 'failed', code = 'HUB_UNREACHABLE') => {
    const error = state === 'done' ? null : { code, message: 'The model hub cannot be reached (ENOTFOUND).' };
    at.pull = { state, step: '', done_bytes: 0, total_bytes: 0, error };
  };
  return { at, fetch, lines, end };
}

test('it says in one line what is fetched, how large it is, where from and how to stop it', () => {
  const { fetch, at } = bench();
  expect(fetch.announcement()).toBe(
    'blip-base, a model for real use, is being fetched in the background (990 MB from hub.example) and used as soon as it is here; ALTSMITH_FETCH=never stops that.',
  );
  at.needed = false;
  expect(fetch.announcement()).toBeNull();
});

test('it begins at once, without the comparison that takes memory, and ends when the model is there', () => {
  const { fetch, at, end } = bench();
  fetch.look();
  fetch.look();
  expect([at.pulls, at.options]).toEqual([1, { isByItself: true }]);
  expect(fetch.state()).toMatchObject({ id: 'blip-base', state: 'fetching', step: 'Starting', message: null });
  end('done');
  at.needed = false;
  fetch.look();
  at.ms = 1e9;
  fetch.look();
  expect([at.pulls, fetch.state()]).toEqual([1, null]);
});

test('a fetch that failed says why and when it is tried again, with growing pauses', () => {
  const { fetch, at, end, lines } = bench();
  fetch.look();
  end('failed');
  fetch.look();
  expect(fetch.state()).toMatchObject({
    state: 'waiting',
    message:
      'blip-base could not be fetched: The model hub cannot be reached (ENOTFOUND). The demonstration model goes on; the next try is in a minute.',
  });
  expect(JSON.parse(lines[0]!)).toMatchObject({ msg: 'the model could not be fetched yet', model: 'blip-base' });
  at.ms += MINUTE - 1;
  fetch.look();
  expect(at.pulls).toBe(1);
  at.ms += 1;
  fetch.look();
  expect([at.pulls, fetch.state()?.state]).toEqual([2, 'fetching']);
  end('failed');
  fetch.look();
  at.ms += MINUTE;
  fetch.look();
  expect([at.pulls, fetch.state()?.message]).toEqual([2, expect.stringContaining('in 2 minutes')]);
});

test('a pull of somebody else is waited for, without a word', () => {
  const { fetch, at, end } = bench();
  fetch.look();
  end('failed', 'PULL_NOT_POSSIBLE');
  fetch.look();
  expect(fetch.state()).toBeNull();
  at.ms += 5000;
  fetch.look();
  expect(at.pulls).toBe(2);
});

test('what a person stopped is not begun again', () => {
  const { fetch, at } = bench();
  fetch.look();
  at.pull = null;
  fetch.look();
  at.ms = 1e9;
  fetch.look();
  expect([at.pulls, fetch.state()]).toEqual([1, null]);
});

test('where the memory is too small nothing is downloaded, and one sentence says so', () => {
  const { source } = findModel('blip-base');
  const obstacle = () => fetchObstacle('blip-base', source!, 512e6);
  const { fetch, at } = bench({ obstacle });
  const sentence =
    'blip-base is not fetched: it takes about 0.8 GB of memory, and this machine or container has 0.5 GB. The demonstration model goes on.';
  expect(fetch.announcement()).toBe(sentence);
  fetch.look();
  expect([at.pulls, fetch.state()?.message]).toEqual([0, sentence]);
  expect(fetchObstacle('blip-base', source!, 1e9)).toBeNull();
});
