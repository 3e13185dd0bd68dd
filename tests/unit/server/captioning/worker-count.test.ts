import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chooseEngine } from '../../../../server/captioning/choose-engine';
import { thisMachine, usualWorkers } from '../../../../server/captioning/worker-count';
import { readConfig } from '../../../../server/config';

const MINI = path.resolve(__dirname, '../../../../models/mini');
const GIGABYTE = 1e9;
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** A model folder with files as large as those of a real one; they take no room on disk. */
function modelOf(...sizes: number[]) {
  const modelFolder = mkdtempSync(path.join(tmpdir(), 'altsmith-model-'));
  folders.push(modelFolder);
  sizes.forEach((size, index) => {
    const file = path.join(modelFolder, `${index}.data`);
    writeFileSync(file, '');
    truncateSync(file, size);
  });
  return { modelFolder };
}

const mini = modelOf(10e6, 5e6);
const baseInt8 = modelOf(120e6, 122e6);
const baseFloat = modelOf(946e6);

describe('the number of workers where the settings name none', () => {
  test.each([
    {
      source: baseInt8,
      cores: 2,
      gigabytes: 2,
      expected: 1,
      name: 'one on a machine of 2 GB that runs blip-base in int8',
    },
    {
      source: baseInt8,
      cores: 2,
      gigabytes: 4,
      expected: 2,
      name: 'two on a machine of 4 GB that runs blip-base in int8',
    },
    {
      source: baseFloat,
      cores: 2,
      gigabytes: 4,
      expected: 1,
      name: 'one on a machine of 4 GB that runs it in float32',
    },
    {
      source: baseFloat,
      cores: 4,
      gigabytes: 8,
      expected: 2,
      name: 'two on a machine of 8 GB that runs it in float32',
    },
    { source: mini, cores: 2, gigabytes: 2, expected: 2, name: 'two on a machine of 2 GB that runs mini' },
    { source: mini, cores: 2, gigabytes: 0.5, expected: 1, name: 'one on a machine of half a gigabyte' },
    { source: baseInt8, cores: 1, gigabytes: 64, expected: 1, name: 'one on a single core' },
    { source: baseInt8, cores: 64, gigabytes: 256, expected: 2, name: 'no more than two on a large machine' },
  ])('is $name', ({ source, cores, gigabytes, expected }) => {
    expect(usualWorkers(source, { cores, memoryBytes: gigabytes * GIGABYTE })).toBe(expected);
  });

  test('counts a model in fp16 as twice its size on disk', () => {
    const large = modelOf(940e6);
    const count = () => usualWorkers(large, { cores: 4, memoryBytes: 6 * GIGABYTE });
    expect(count()).toBe(2);
    writeFileSync(path.join(large.modelFolder, 'altsmith-model.json'), '{"precision":"fp16"}');
    expect(count()).toBe(1);
  });

  test('is one for a model on another server', () => {
    const modelServer = { address: 'http://127.0.0.1:9/v1', model: 'm', key: null, timeoutMs: 1000 };
    expect(usualWorkers({ modelServer }, { cores: 64, memoryBytes: 256 * GIGABYTE })).toBe(1);
  });

  test('is chosen from what this process may use', () => {
    const { cores, memoryBytes } = thisMachine();
    expect(cores).toBeGreaterThan(0);
    expect(memoryBytes).toBeGreaterThan(0.1 * GIGABYTE);
    expect(memoryBytes).toBeLessThan(1e6 * GIGABYTE);
  });

  test('is what the sidecar takes, unless the settings say otherwise', () => {
    const config = readConfig({ ALTSMITH_MODEL: MINI });
    expect(chooseEngine(config).state().workers).toBe(usualWorkers({ modelFolder: MINI }, thisMachine()));
    expect(chooseEngine({ ...config, workers: 5 }).state().workers).toBe(5);
    expect(chooseEngine({ ...config, workers: 0 }).state().workers).toBe(0);
  });
});
