import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededPicture } from '../../support/checkpoint/seeded';
import { NEW_TOKENS, QUESTION } from './peers';

const PICTURES = 4;
const WARM_UPS = 1;
/** Operators below this share of a graph's time are added up in one line. */
const LEAST_SHARE = 0.01;

/** Milliseconds a caption by kind of operator, of one graph. */
export interface Flame {
  readonly graph: string;
  readonly totalMs: number;
  readonly operators: readonly { readonly name: string; readonly ms: number; readonly calls: number }[];
}

interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/** What onnxruntime wrote about one session: its kernels only. */
function readFlame(graph: string, folder: string, index: number): Flame {
  const file = readdirSync(folder).find((name) => name.startsWith(`${index}_`));
  if (file === undefined) throw new Error(`onnxruntime wrote no profile of ${graph}.`);
  const events: Event[] = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
  // Every picture has the same kernels in the same order; those of the first ones only warm the graph up.
  const warmUps = (kernels.length * WARM_UPS) / (WARM_UPS + PICTURES);
  const found = new Map<string, { ms: number; calls: number }>();
  for (const { dur, args } of kernels.slice(warmUps)) {
    const name = args?.op_name ?? 'unknown';
    const row = found.get(name) ?? { ms: 0, calls: 0 };
    found.set(name, { ms: row.ms + dur / 1000 / PICTURES, calls: row.calls + 1 / PICTURES });
  }
  const operators = [...found].map(([name, row]) => ({ name, ...row })).sort((a, b) => b.ms - a.ms);
  return { graph, totalMs: operators.reduce((sum, { ms }) => sum + ms, 0), operators };
}

/** Where the time of a caption goes, by onnxruntime's own profile of each graph; greedy, in this process. */
export async function flame(root: string, modelFolder: string, threads: number, isQuestion: boolean): Promise<Flame[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-flame-'));
  const { GraphSession } = await import(path.join(root, 'build/models/session/graph-session.js'));
  const { openCaptioner } = await import(path.join(root, 'build/models/open-captioner.js'));
  const opened: string[] = [];
  const open = GraphSession.open.bind(GraphSession);
  GraphSession.open = (file: string | Uint8Array, options: object) => {
    if (typeof file !== 'string') return open(file, options);
    opened.push(path.basename(file));
    return open(file, { ...options, profile: path.join(folder, String(opened.length - 1)) });
  };
  try {
    const captioner = await openCaptioner(modelFolder, threads);
    for (let picture = 0; picture < WARM_UPS + PICTURES; picture++) {
      const pixels = seededPicture(200 + picture, 640, 480);
      const options = { beams: 1, maxNewTokens: NEW_TOKENS, minLength: 1 + NEW_TOKENS, keepWordless: true };
      if (isQuestion) await captioner.answer(pixels, QUESTION, options);
      else await captioner.caption(pixels, options);
    }
    // The profiles are written when the sessions end.
    await captioner.close();
    return opened.map((graph, index) => readFlame(graph, folder, index));
  } finally {
    GraphSession.open = open;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One table a graph. */
export function printFlames(flames: readonly Flame[]): void {
  for (const { graph, totalMs, operators } of flames) {
    console.log(
      `\n${graph}: ${totalMs.toFixed(1)} ms a caption\n\n| operator | ms | share | calls |\n| --- | --- | --- | --- |`,
    );
    const told = operators.filter(({ ms }) => ms >= LEAST_SHARE * totalMs);
    const rest = operators.filter((row) => !told.includes(row));
    const others = {
      name: `${rest.length} others`,
      ms: rest.reduce((sum, { ms }) => sum + ms, 0),
      calls: rest.reduce((sum, { calls }) => sum + calls, 0),
    };
    for (const { name, ms, calls } of rest.length === 0 ? told : [...told, others]) {
      console.log(`| ${name} | ${ms.toFixed(1)} | ${((100 * ms) / totalMs).toFixed(0)} % | ${calls.toFixed(0)} |`);
    }
  }
}
