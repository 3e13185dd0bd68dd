import { existsSync } from 'node:fs';
import path from 'node:path';

interface Started {
  path: string;
  context: { config: object; hasteFS: { getSize: (file: string) => number } };
}
const Sequencer = jest.requireActual<new (options: object) => { sort: (tests: Started[]) => Started[] }>(
  '../../runner/longest-first.cjs',
);
const SECONDS = jest.requireActual<Record<string, number>>('../../runner/slow-files.json');

const root = path.resolve(__dirname, '../../..');
const inRoot = (file: string): Started => ({
  path: path.join(root, file),
  context: { config: { cache: false }, hasteFS: { getSize: () => 1 } },
});

test('the files that are known to take long are started first, the slowest before the others', () => {
  const known = Object.keys(SECONDS).sort((one, other) => SECONDS[other]! - SECONDS[one]!);
  const [slowest, next] = [known[0]!, known.at(-1)!];
  const order = new Sequencer({}).sort(['tests/a.test.ts', next, 'tests/b.test.ts', slowest].map(inRoot));
  expect(order.slice(0, 2).map((one) => path.relative(root, one.path))).toEqual([slowest, next]);
  expect(order).toHaveLength(4);
});

test('each of them is there', () => {
  expect(Object.keys(SECONDS).filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});
