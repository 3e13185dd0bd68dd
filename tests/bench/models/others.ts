import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hiddenCpu } from '../../support/hide-cpu/hidden-cpu';
import { KEEP_FREED_MEMORY, LinePeer } from './peers';

// Other engines beside ours. None of them is a dependency: they are found in a Python environment, or left out.

/** Pictures that OpenVINO's scales are found with. */
const CALIBRATED_WITH = 9;

/** Python that can import all of these, or null: ALTSMITH_BENCH_PYTHON, else python3. */
function findPython(modules: string): string | null {
  const candidates = [process.env['ALTSMITH_BENCH_PYTHON'] ?? '', 'python3'].filter((name) => name !== '');
  const works = (name: string) => spawnSync(name, ['-c', `import ${modules}`], { stdio: 'ignore' }).status === 0;
  return candidates.find(works) ?? null;
}

interface Place {
  readonly root: string;
  /** With `checkpoint` and `fp32` in it. */
  readonly folder: string;
  readonly threads: number;
  readonly end: number;
}

/** Transformers on the same weights; null where it is not installed. */
export function huggingFace(precision: string, { root, folder, threads, end }: Place): LinePeer | null {
  const python = findPython('torch, transformers, PIL');
  if (python === null) return null;
  const script = path.join(root, 'tests/bench/models/hf_peer.py');
  const words = [script, path.join(folder, 'checkpoint'), precision, String(threads)];
  return new LinePeer(`HF ${precision}`, [python, ...words], end);
}

/** OpenVINO int8 on our graphs, called from Node; null where it is not installed. Writes its form of the graphs once. */
export function openVino({ root, folder, threads, end }: Place, files: readonly string[]): LinePeer | null {
  const python = findPython('openvino, nncf, PIL');
  if (python === null) return null;
  const [graphs, floats] = [path.join(folder, 'openvino'), path.join(folder, 'fp32')];
  if (!existsSync(graphs)) {
    console.error('Quantising our float32 graphs with NNCF …');
    const script = path.join(root, 'tests/bench/models/make_openvino.py');
    const words = [script, floats, `${graphs}.partial`, ...files.slice(0, CALIBRATED_WITH)];
    rmSync(`${graphs}.partial`, { recursive: true, force: true });
    // What it says in vain goes into the error.
    execFileSync(python, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    renameSync(`${graphs}.partial`, graphs);
  }
  const where = ['-c', 'import openvino, os; print(os.path.join(os.path.dirname(openvino.__file__), "libs"))'];
  const libraries = execFileSync(python, where, { encoding: 'utf8' }).trim();
  const script = path.join(root, 'tests/bench/models/openvino-peer.cjs');
  const command = [process.execPath, script, libraries, graphs, floats, String(threads)] as const;
  return new LinePeer('OpenVINO int8', command, end, { GLIBC_TUNABLES: KEEP_FREED_MEMORY });
}

/** What keeps the libraries of other engines from the features of newer CPUs, where CPUID does not do it. */
const LIMITS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  avx2: {
    ATEN_CPU_CAPABILITY: 'avx2',
    ONEDNN_MAX_CPU_ISA: 'AVX2',
    MKL_ENABLE_INSTRUCTIONS: 'AVX2',
    FBGEMM_ENABLE_INSTRUCTIONS: 'AVX2',
  },
  avx512: {
    ONEDNN_MAX_CPU_ISA: 'AVX512_CORE',
    MKL_ENABLE_INSTRUCTIONS: 'AVX512',
    FBGEMM_ENABLE_INSTRUCTIONS: 'AVX512',
  },
  vnni: { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE_VNNI', FBGEMM_ENABLE_INSTRUCTIONS: 'AVX512_VNNI' },
};

/**
 * Hides features of the CPU (tests/support/hide-cpu) from all processes that are started from now on. Our workers, which are given no variable
 * of the environment, are started by a script that sets it.
 */
export function hideCpu(kind: string, { root, folder }: { root: string; folder: string }): void {
  const hidden = hiddenCpu(kind, { scratch: folder, root });
  const script = path.join(folder, 'node-hidden');
  const settings = Object.entries(hidden).map(([name, value]) => `${name}=${value}`);
  writeFileSync(script, `#!/bin/sh\n${settings.join(' ')} exec ${process.execPath} "$@"\n`);
  chmodSync(script, 0o755);
  process.execPath = script;
  Object.assign(process.env, hidden, LIMITS[kind]);
}
