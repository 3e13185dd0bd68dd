import { readFileSync } from 'node:fs';
import path from 'node:path';
import { modelLines } from '../../../../server/captioning/model-lines';
import { recommendModel } from '../../../../server/captioning/recommend-model';
import { productsOf, thisMachine, type Products } from '../../../../server/captioning/worker-count';

const GIB = 2 ** 30;

test.each<[gib: number, cores: number, products: Products, id: string]>([
  [0.5, 2, 'avx2', 'mini'],
  [2, 2, 'avx2', 'blip-base'],
  [4, 2, 'avx2', 'florence-2-base-ft'],
  [4, 1, 'amx', 'blip-base'],
  [4, 4, 'vnni', 'florence-2-large-ft'],
  [3, 4, 'vnni', 'florence-2-base-ft'],
  [8, 2, 'amx', 'florence-2-base-ft'],
  [8, 4, 'avx2', 'florence-2-base-ft'],
  [8, 4, 'vnni', 'florence-2-large-ft'],
  [16, 8, 'amx', 'florence-2-large-ft'],
  [16, 8, 'unknown', 'florence-2-base-ft'],
  [16, 8, 'none', 'mini'],
])('%d GiB, %d cores, %s: %s', (gib, cores, products, id) => {
  const found = recommendModel({ memoryBytes: gib * GIB, cores, products });
  expect(found.id).toBe(id);
  expect(found.sentence).toContain(`${(gib * 1.073741824).toFixed(1)} GB`);
});

test.each<[string, string | null, Products]>([
  ['a Xeon with AMX', 'processor : 0\nflags\t\t: fpu avx2 avx512_vnni amx_int8 amx_tile\n', 'amx'],
  ['a desktop with AVX-VNNI', 'flags : avx2 avx_vnni\n', 'vnni'],
  ['an EPYC without VNNI', 'flags : sse4_2 avx avx2 fma\n', 'avx2'],
  ['an old Xeon', 'flags : sse4_2 avx\n', 'none'],
  ['a Graviton', 'Features : fp asimd aes asimddp sve\n', 'vnni'],
  ['a Raspberry Pi 4', 'Features : fp asimd crc32\n', 'avx2'],
  ['another system', null, 'unknown'],
])('reads what %s can', (_name, cpuinfo, products) => {
  expect(productsOf(cpuinfo)).toBe(products);
});

test('memory and cores are those that the cgroup leaves', () => {
  const files: Record<string, string> = {
    '/proc/self/cgroup': '0::/unit\n',
    '/sys/fs/cgroup/unit/cpu.max': '100000 100000\n',
    '/proc/cpuinfo': 'flags : avx2\n',
  };
  expect(thisMachine((file) => files[file] ?? null)).toMatchObject({ cores: 1, products: 'avx2' });
});

test('one of the listed models is recommended, with the sentence that doctor says', () => {
  const machine = { cores: 2, memoryBytes: 4 * GIB, products: 'avx2' as const };
  const listed = modelLines('/nowhere', machine).filter(({ recommendation }) => recommendation !== null);
  const { id, sentence } = recommendModel(machine);
  expect(listed).toMatchObject([{ id, recommendation: sentence }]);
});

test('the page for owners says the same of 2, 4, 8 and 16 GB', () => {
  const page = readFileSync(path.resolve(__dirname, '../../../../docs/models.md'), 'utf8');
  for (const [gib, cores, products] of [
    [2, 2, 'avx2'],
    [4, 2, 'avx2'],
    [8, 4, 'vnni'],
    [16, 8, 'amx'],
  ] as const) {
    const { id } = recommendModel({ memoryBytes: gib * GIB, cores, products });
    expect(page).toMatch(new RegExp(`^\\| ${gib} GB \\|[^|]*\\| \`${id}\``, 'm'));
  }
});
