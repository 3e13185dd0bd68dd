import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InstantCaption, type InstantCaptionParts } from '../../../../server/captioning/instant-caption';
import { WorkerRegistry } from '../../../../server/captioning/worker-registry';

const facts = { name: 'x', model: null, tasks: ['caption'] as const, slots: 2, problem: null, isFromBull: true };

test('two processes of one name are two entries, and one that was restarted is listed once', () => {
  let now = 1;
  const registry = new WorkerRegistry(() => now);
  registry.seen('x one', facts);
  registry.seen('x two', facts);
  expect(registry.list().map(({ name, slots }) => [name, slots])).toEqual([
    ['x', 2],
    ['x', 2],
  ]);
  expect(registry.fromBull()).toEqual([{ tasks: ['caption'], slots: 4 }]);
  now += 61_000;
  registry.seen('x two');
  expect(registry.list().map(({ key }) => key)).toEqual(['x two']);
});

test('what one process has done says nothing about another of its name', () => {
  const registry = new WorkerRegistry(() => 7);
  registry.seen('x one', { ...facts, problem: 'INTERNAL' });
  registry.seen('x two', facts);
  registry.ended('x two', 'done');
  expect([registry.wellAt('x one'), registry.wellAt('x two')]).toEqual([null, 7]);
  expect(registry.list().map(({ problem }) => problem)).toEqual(['INTERNAL', null]);
});

test('a person who asks while the only machine rests is told why, not that its model cannot caption', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-instant-'));
  const file = path.join(folder, 'picture');
  writeFileSync(file, 'x');
  const registry = new WorkerRegistry(() => 1);
  registry.seen('x one', { ...facts, problem: 'MODEL_SERVER_BUSY' });
  const parts = {
    registry,
    replies: { onEnd: () => undefined },
    engine: { state: () => ({ ready: false, model: null, problem: null, workers: 0, secondsPerImage: null }) },
    workersElsewhere: true,
  } as unknown as InstantCaptionParts;
  const asked = new InstantCaption(parts).run({ file, sha256: 'a' }, 'site_a', {}, new AbortController().signal);
  await expect(asked).rejects.toMatchObject({ code: 'MODEL_SERVER_BUSY' });
  rmSync(folder, { recursive: true });
});
