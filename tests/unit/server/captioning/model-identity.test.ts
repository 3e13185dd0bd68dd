import { fingerprintOf, fingerprintOfModel } from '../../../../models/fingerprint';
import type { ModelInfo } from '../../../../models/captioner';
import type { Manifest } from '../../../../models/model-folder/manifest';
import { ModelMemory } from '../../../../server/captioning/model-memory';
import { modelKey } from '../../../../server/captioning/result-store';
import { openDatabase, type Storage } from '../../../../server/storage/database';
import { migrate } from '../../../../server/storage/migrate';

const manifest = (more: object) =>
  ({
    id: 'model',
    files: [{ name: 'decoder.data', bytes: 1, sha256: 'a'.repeat(64) }],
    presets: { hf: { beams: 1 } },
    default_preset: 'hf',
    prompted: null,
    ...more,
  }) as unknown as Manifest;
const retrained = [{ name: 'decoder.data', bytes: 1, sha256: 'b'.repeat(64) }];
const INFO: ModelInfo = { id: 'model', precision: 'int8', demonstration: false, calibrated: false, canAnswer: false };

it('two fine-tunes that were converted under one name are two models, and so is one that searches in another way', () => {
  const prints = [{}, { files: retrained }, { presets: { hf: { beams: 3 } } }].map((more) =>
    fingerprintOfModel(manifest(more)),
  );
  expect(new Set(prints.map((fingerprint) => modelKey({ ...INFO, fingerprint }))).size).toBe(3);
  expect(fingerprintOfModel(manifest({ id: 'moved' }))).toBe(prints[0]);
});

it('a model of the same name on another server is another one', () => {
  const [here, there] = ['http://a/v1', 'http://b/v1'].map((address) => fingerprintOf([address, 'llava']));
  expect(here).not.toBe(there);
});

describe('the model that is remembered', () => {
  let storage: Storage;
  beforeEach(() => {
    storage = openDatabase(':memory:');
    migrate(storage);
  });
  afterEach(() => storage.close());

  it.each<[string, Partial<ModelInfo>]>([
    ['its weights', { fingerprint: 'b' }],
    ['the server that pictures go to', { address: 'http://b/v1' }],
    ['what it can write', { tasks: ['caption', 'ocr'] }],
  ])('is another one after a change of %s', (_what, change) => {
    const before = { ...INFO, fingerprint: 'a', address: 'http://a/v1', tasks: ['caption'] };
    const engine = { state: () => ({ ready: false, model: null, problem: null, workers: 0, secondsPerImage: null }) };
    const memory = new ModelMemory(storage, engine);
    memory.remember(before);
    memory.remember({ ...before, ...change });
    expect(memory.now()).toEqual({ ...before, ...change });
    expect(new ModelMemory(storage, engine).now()).toEqual({ ...before, ...change });
  });
});
