import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const isThere = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
const flags = () => (existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '');
const canFault = () => /\bcpuid_fault\b/.test(flags());

/** True where features can be hidden from onnxruntime, and there are some to hide: a CPU with VNNI, a C compiler, and binutils where CPUID cannot fault. */
export function canHideCpu(): boolean {
  return /\bavx512_vnni\b/.test(flags()) && isThere('cc') && (canFault() || isThere('objdump'));
}

/** Addresses of the instruction CPUID in a library, one a line, in hexadecimal. */
function cpuidPlaces(library: string): string {
  const listing = execFileSync('sh', ['-c', 'objdump -d --no-show-raw-insn "$0" | grep -w cpuid', library], {
    encoding: 'utf8',
  });
  return [...listing.matchAll(/^\s*([0-9a-f]+):\s+cpuid\s*$/gm)].map(([, place]) => `${place ?? ''}\n`).join('');
}

/**
 * The environment of a process that is to see an older kind of CPU: avx2, avx512 or vnni. Writes into `scratch`, once. On CPUs where CPUID
 * cannot fault only onnxruntime is deceived; `root`: the checkout, whose onnxruntime-node that is.
 */
export function hiddenCpu(kind: string, { scratch, root }: { scratch: string; root: string }): Record<string, string> {
  const shim = path.join(scratch, 'hide-cpu.so');
  const source = path.join(root, 'tests/support/hide-cpu/hide-cpu.c');
  if (!existsSync(shim)) execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', shim, source, '-ldl']);
  const environment = { HIDE_CPU: kind, LD_PRELOAD: shim };
  if (canFault()) return environment;
  const places = path.join(scratch, 'cpuid-places');
  const library = path.join(root, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1');
  if (!existsSync(places)) writeFileSync(places, cpuidPlaces(library));
  return { ...environment, HIDE_CPU_PLACES: places };
}
