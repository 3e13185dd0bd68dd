import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canHideCpu, hiddenCpu } from '../support/hide-cpu/hidden-cpu';
import { ARCHITECTURES, convertTiny } from '../support/models/tiny-model';

// int8 on older kinds of CPU, shown on this one by hiding its features (tests/support/hide-cpu). Needs a CPU with VNNI, a C compiler, and
// binutils where the CPU's identification cannot be made to fault.

const ROOT = path.resolve(__dirname, '../..');
const SUPPORT = path.resolve(__dirname, '../support');
const IMAGES = path.resolve(__dirname, '../fixtures/images');
const PHOTOGRAPHS = readdirSync(IMAGES)
  .slice(0, 6)
  .map((name) => path.join(IMAGES, name));
const KINDS = ['avx2', 'avx512', 'vnni'] as const;
/** Sums of 8-bit products overflow: 7-bit weights or a slower product are taken there. */
const OVERFLOWING: readonly string[] = ['avx2', 'avx512'];

const hiding = canHideCpu() ? describe : describe.skip;

hiding('with features of the CPU hidden', () => {
  let scratch: string;
  beforeAll(() => (scratch = mkdtempSync(path.join(tmpdir(), 'altsmith-hidden-'))));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  function run(script: string, kind: string | null, input = ''): string {
    const hidden = kind === null ? {} : hiddenCpu(kind, { scratch, root: ROOT });
    const options = { encoding: 'utf8', input, env: { ...process.env, ...hidden }, maxBuffer: 1 << 26 } as const;
    return execFileSync(process.execPath, [path.join(SUPPORT, 'models', script)], options);
  }

  /** The tokens of every photograph, greedy and with 3 beams. */
  function said(folder: string, kind: string | null, overflows = false): string[] {
    const job = { folder, files: PHOTOGRAPHS, beams: [1, 3], overflows };
    const lines = run('caption-files.cjs', kind, JSON.stringify(job));
    return lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ file, beams, tokens }) => `${file} ${beams}: ${tokens.join(' ')}`);
  }

  test('the probe sees whether 8-bit products overflow', () => {
    expect([null, ...KINDS].map((kind) => run('exact-products.cjs', kind))).toEqual(['true', 'false', 'false', 'true']);
  });

  test.each(['mini', ...ARCHITECTURES] as const)(
    '%s in int8 says on every kind what it says here with the same weights',
    async (name) => {
      const folder = name === 'mini' ? path.resolve(__dirname, '../../models/mini') : await convertTiny(scratch, name);
      const [exact, overflowing] = [said(folder, null), said(folder, null, true)];
      expect(exact.length).toBe(2 * PHOTOGRAPHS.length);
      for (const kind of KINDS) {
        const found = said(folder, kind);
        const due = OVERFLOWING.includes(kind) ? overflowing : exact;
        // Attention stays in float32, whose sums each kind adds up in its own order: one near tie may fall the other way.
        expect(found.filter((line, index) => line !== due[index]).length).toBeLessThanOrEqual(1);
      }
    },
    600_000,
  );
});
