import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeZeroCheckpoint } from '../../../support/checkpoint/zero-checkpoint';

/** BERT's words at the width of blip-base: its largest weight, which it stores twice. */
const WORDS = 30_524;
const WIDTH = 768;
const LARGEST_BYTES = WORDS * WIDTH * 4;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-memory-'));
  const layers = { hidden_size: WIDTH, intermediate_size: 4 * WIDTH, num_attention_heads: 12 };
  writeZeroCheckpoint(path.join(folder, 'checkpoint'), {
    vision: { ...layers, num_hidden_layers: 6 },
    text: { ...layers, num_hidden_layers: 1, vocab_size: WORDS },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each(['fp32', 'int8'])('a conversion to %s holds about the largest weight, not the checkpoint', (precision) => {
  const source = path.join(folder, 'checkpoint');
  const script = path.resolve(__dirname, '../../../support/models/convert-peak.cjs');
  const target = path.join(folder, precision);
  const bytes = Number(execFileSync(process.execPath, [script, source, target, precision], { encoding: 'utf8' }));
  rmSync(target, { recursive: true });
  expect(statSync(path.join(source, 'model.safetensors')).size).toBeGreaterThan(4 * LARGEST_BYTES);
  expect(bytes).toBeGreaterThan(0.5 * LARGEST_BYTES);
  // Once as it is read, and what the collector of garbage has not given back yet.
  expect(bytes).toBeLessThan(2.4 * LARGEST_BYTES);
});
