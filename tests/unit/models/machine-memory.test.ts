import { checkMemory, usableMemory } from '../../../models/machine-memory';

const file = (bytes: number) => ({ name: 'weights', bytes, sha256: '0'.repeat(64) });

test('a model of twice the memory is refused in a sentence with both figures, one that fits is not', () => {
  const manifest = { id: 'blip-2-flan-t5-xl', precision: 'int8' as const, files: [file(3e9), file(1.2e9)] };
  expect(() => checkMemory(manifest, 2.1e9)).toThrow(
    'The model blip-2-flan-t5-xl has 4.2 GB of weights once it is loaded, and this process may use 2.1 GB of memory. Choose a smaller one',
  );
  expect(() => checkMemory(manifest, 4.2e9)).not.toThrow();
  expect(usableMemory()).toBeGreaterThan(1e8);
});

test('a model in fp16 takes twice its size on disk', () => {
  const manifest = { id: 'blip-2-flan-t5-xl', precision: 'fp16' as const, files: [file(7.9e9)] };
  expect(() => checkMemory(manifest, 12e9)).toThrow('has 15.8 GB of weights once it is loaded');
  expect(() => checkMemory(manifest, 16e9)).not.toThrow();
});
