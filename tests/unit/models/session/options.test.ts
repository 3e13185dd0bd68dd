import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseManifest, type Manifest } from '../../../../models/model-folder/manifest';
import { sessionOptions } from '../../../../models/session/options';

const MINI = path.resolve(__dirname, '../../../../models/mini/altsmith-model.json');
const mini = parseManifest(readFileSync(MINI, 'utf8'), MINI);

function manifestOf(precision: Manifest['precision'], eightBit?: boolean): Manifest {
  const session = { disable_quant_qdq: false, ...(eightBit === undefined ? {} : { eight_bit_weights: eightBit }) };
  return parseManifest(JSON.stringify({ ...mini, precision, session }), MINI);
}

const isSlow = (manifest: Manifest, exactProducts: boolean) =>
  'session.x64quantprecision' in (sessionOptions(manifest, { threads: 1, rows: 'many', exactProducts }).config ?? {});

describe('the slower exact product', () => {
  it.each<[string, Manifest]>([
    ['int8', manifestOf('int8', true)],
    ['a file of the time when 8-bit weights were called int8-vnni', manifestOf('int8-vnni')],
  ])('is taken for %s where sums overflow, and nowhere else', (_, manifest) => {
    expect([isSlow(manifest, true), isSlow(manifest, false)]).toEqual([false, true]);
  });

  it.each<[string, Manifest]>([
    ['7-bit weights, which int8 was before', manifestOf('int8')],
    ['fp16', manifestOf('fp16', false)],
    ['the weights of mini, which are floats when they are multiplied', mini],
  ])('is never taken for %s', (_, manifest) => {
    expect([isSlow(manifest, true), isSlow(manifest, false)]).toEqual([false, false]);
  });
});
