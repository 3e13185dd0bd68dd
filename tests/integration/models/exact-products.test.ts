import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch } from 'node:os';
import path from 'node:path';

/** What the flags of the CPU say; null where no file tells them. */
function hasExactProducts(): boolean | null {
  if (arch() !== 'x64') return true;
  if (!existsSync('/proc/cpuinfo')) return null;
  return /\b(avx_vnni|avx512_vnni|amx_int8)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
}

const due = hasExactProducts();
(due === null ? test.skip : test)('the probe says of this CPU what its flags say', () => {
  const script = path.resolve(__dirname, '../../support/models/exact-products.cjs');
  expect(JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }))).toBe(due);
});
