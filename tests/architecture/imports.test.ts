import { readImports } from './rules/imports';
import { brokenLayers } from './rules/layers';
import { readSourceTree, sampleTree } from './source-tree';

const tree = readSourceTree((file) => /^(server|models|plugin\/src)\/.*\.tsx?$/.test(file));

test('no import crosses a border', () => {
  expect(brokenLayers(readImports(tree))).toEqual([]);
});

describe('the rule finds', () => {
  const broken = (files: Record<string, string>) => brokenLayers(readImports(sampleTree(files)));

  test.each([
    ['a contract that needs a library', 'server/contract/job.ts', "import express from 'express';"],
    ['a contract that needs our code', 'server/contract/job.ts', "import { AppError } from '../errors';"],
    ['a queue that looks into the review', 'server/queue/lease.ts', "import { decide } from '../review/suggestion';"],
    ['a review that looks into the queue', 'server/review/runs.ts', "export { claim } from '../queue/claim';"],
    ['an intake that looks into the queue', 'server/intake/blob.ts', "import type { Job } from '../queue/job';"],
    ['a video reader that looks into the queue', 'server/video/a.ts', "import type { Job } from '../queue/job';"],
    ['a route that captions', 'server/http/routes/a.ts', "import { run } from '../../captioning/job';"],
    [
      'a route that knows models',
      'server/http/routes/a.ts',
      "import type { Captioner } from '../../../models/captioner';",
    ],
    ['a model that loads onnxruntime its own way', 'models/other/a.ts', "import { Tensor } from 'onnxruntime-node';"],
    ['a model that knows the server', 'models/search/beam.ts', "import { AppError } from '../../server/errors';"],
    ['a route that speaks SQL', 'server/http/routes/a.ts', "import Database from 'better-sqlite3';"],
    ['a plugin script that runs server code', 'plugin/src/a.ts', "import { Job } from '../../server/contract/job';"],
  ])('%s', (_what, file, text) => {
    expect(broken({ [file]: text })).toHaveLength(1);
  });

  test('native code that the API process reaches through three files', () => {
    const found = broken({
      'server/main.ts': "import { build } from './app';",
      'server/app.ts': "import { Pool } from './captioning/pool';",
      'server/captioning/pool.ts': "import { open } from '../../models/session/library';",
      'models/session/library.ts': "import koffi from 'koffi';",
    });
    expect(found).toEqual(['server/main.ts loads koffi through its imports']);
  });

  test('the grammar library in the API process', () => {
    const found = broken({ 'server/main.ts': "import nlp from 'compromise/two';" });
    expect(found).toContain('server/main.ts loads compromise through its imports');
  });

  test('native code that is loaded late', () => {
    const found = broken({ 'server/main.ts': "export const decode = async () => import('sharp');" });
    expect(found).toContain('server/main.ts loads sharp through its imports');
  });

  test('native code in a file that is not the worker’s', () => {
    const found = broken({ 'server/intake/sniff.ts': "import sharp from 'sharp';" });
    expect(found).toEqual(['server/intake/sniff.ts imports sharp, which only the worker process may load']);
  });
});

test('types, and the worker’s own imports, are left alone', () => {
  const allowed = sampleTree({
    'server/main.ts': "import type { Tensor } from 'onnxruntime-node';",
    'server/captioning/worker-process.ts': "import { decode } from './decode-image';",
    'server/captioning/decode-image.ts': "import sharp from 'sharp';",
    'plugin/src/api.ts': "import type { Job } from '../../server/contract/job';",
    'server/queue/sqlite-queue.ts': "import Database from 'better-sqlite3';",
  });
  expect(brokenLayers(readImports(allowed))).toEqual([]);
});
