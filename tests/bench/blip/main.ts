import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { seededPicture } from '../../support/checkpoint/seeded';
import { writeFullSize, type FullSize } from './full-size';
import { compare } from './compare';
import { AltsmithPeer, findPython, HuggingFacePeer, NEW_TOKENS, OTHER_QUESTION, type Peer, type Timing } from './peers';

const WARM_UPS = 2;
const BEAMS = [1, 3] as const;
const QUALITY = 90;
const THROUGHPUT_TURNS = 3;
const THROUGHPUT_PICTURES = 14;

interface Row {
  name: string;
  loadMs: number;
  peakMegabytes: number;
  /** By number of beams, every round. */
  runs: Record<number, Timing[]>;
  /** Another prompt or question about the picture that was just captioned: milliseconds. */
  again: number[];
}

const least = (values: readonly number[]) => Math.min(...values);
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** 640×480 JPEGs, a new one for every round, since a worker remembers the last picture. */
async function writePictures(folder: string, count: number): Promise<string[]> {
  const files: string[] = [];
  for (let index = 0; index < count; index++) {
    const { data, width, height } = seededPicture(index, 640, 480);
    const file = path.join(folder, `picture-${index}.jpg`);
    await sharp(data, { raw: { width, height, channels: 3 } })
      .blur(2)
      .jpeg({ quality: QUALITY })
      .toFile(file);
    files.push(file);
  }
  return files;
}

interface Graphs {
  readonly precisions: readonly string[];
  /** Graphs of the last run are good enough. */
  readonly keep: boolean;
}

async function prepare(folder: string, which: FullSize, root: string, { precisions, keep }: Graphs): Promise<void> {
  const checkpoint = path.join(folder, 'checkpoint');
  if (!existsSync(checkpoint)) {
    console.error(`Writing a checkpoint of random weights with the shapes of BLIP ${which} …`);
    writeFullSize(`${checkpoint}.partial`, which);
    renameSync(`${checkpoint}.partial`, checkpoint);
  }
  const { convertBlip } = await import(path.join(root, 'build/models/architectures/blip/convert.js'));
  for (const precision of precisions) {
    if (keep && existsSync(path.join(folder, precision))) continue;
    const begin = performance.now();
    await convertBlip({ source: checkpoint, target: path.join(folder, precision), precision });
    console.error(`converted to ${precision} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  }
}

interface Plan {
  readonly files: readonly string[];
  readonly rounds: number;
  readonly pauseSeconds: number;
  /** What is asked about the picture that was just captioned. */
  readonly other: string;
}

async function measure(peers: readonly Peer[], { files, rounds, pauseSeconds, other }: Plan): Promise<Row[]> {
  const rows = new Map<string, Row>();
  for (const peer of peers) {
    const loadMs = await peer.start();
    rows.set(peer.name, { name: peer.name, loadMs, peakMegabytes: 0, runs: { 1: [], 3: [] }, again: [] });
  }
  for (let round = -WARM_UPS; round < rounds; round++) {
    for (const [place, beams] of BEAMS.entries()) {
      const file = files[(round + WARM_UPS) * BEAMS.length + place]!;
      for (const peer of peers) {
        const timing = await peer.ask(file, beams);
        if (round < 0) continue;
        const row = rows.get(peer.name)!;
        row.runs[beams]!.push(timing);
        if (peer instanceof AltsmithPeer && beams === 1) {
          row.again.push((await peer.ask(file, 1, other)).total);
        }
      }
    }
    await setTimeout(pauseSeconds * 1000);
    process.stderr.write(`\rround ${Math.max(round + 1, 0)} of ${rounds}`);
  }
  process.stderr.write('\n');
  for (const peer of peers) rows.get(peer.name)!.peakMegabytes = peer.peakMegabytes();
  for (const peer of peers) await peer.stop();
  return [...rows.values()];
}

/** The rounds of an earlier sitting and of this one as if they had been one. */
function join(earlier: readonly Row[], later: readonly Row[]): Row[] {
  return later.map((row) => {
    const before = earlier.find(({ name }) => name === row.name);
    if (before === undefined) throw new Error(`The earlier sitting has no ${row.name}.`);
    return {
      name: row.name,
      loadMs: Math.min(before.loadMs, row.loadMs),
      peakMegabytes: Math.max(before.peakMegabytes, row.peakMegabytes),
      runs: Object.fromEntries(BEAMS.map((beams) => [beams, [...before.runs[beams]!, ...row.runs[beams]!]])),
      again: [...before.again, ...row.again],
    };
  });
}

function print(rows: readonly Row[]): void {
  const base = (name: string, beams: number) => {
    const row = rows.find((each) => each.name === name);
    return row === undefined ? Number.NaN : least(row.runs[beams]!.map(({ total }) => total));
  };
  console.log(
    '| | beams | ms min / median | vision | text | × HF fp32 | × HF int8 | peak MB | load s | second prompt |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const beams of BEAMS) {
    for (const row of rows) {
      const totals = row.runs[beams]!.map(({ total }) => total);
      const cells = [
        row.name,
        beams,
        `${least(totals).toFixed(0)} / ${median(totals).toFixed(0)}`,
        least(row.runs[beams]!.map(({ vision }) => vision)).toFixed(0),
        least(row.runs[beams]!.map(({ text }) => text)).toFixed(0),
        (least(totals) / base('HF fp32', beams)).toFixed(2),
        (least(totals) / base('HF int8', beams)).toFixed(2),
        row.peakMegabytes.toFixed(0),
        (row.loadMs / 1000).toFixed(1),
        row.again.length === 0 || beams > 1 ? '' : `${((100 * least(row.again)) / least(totals)).toFixed(1)} %`,
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
}

/** Share of the rounds in which ours writes what transformers writes in float32. */
function agreement(rows: readonly Row[], name: string): string {
  const reference = rows.find((row) => row.name === 'HF fp32');
  const ours = rows.find((row) => row.name === name);
  if (reference === undefined || ours === undefined) return 'not compared';
  const pairs = BEAMS.flatMap((beams) =>
    reference.runs[beams]!.map(({ tokens }, round) => tokens.join() === ours.runs[beams]![round]!.tokens.join()),
  );
  return `${pairs.filter(Boolean).length} of ${pairs.length} captions have the tokens of HF fp32`;
}

/**
 * Captions per second of one worker with all threads against as many one-thread workers, and the peak memory of all of
 * them in MB. The first pictures only warm them up: a worker remembers what it has just seen.
 */
async function throughput(root: string, modelFolder: string, files: readonly string[], threads: number) {
  const [first, timed] = [files.slice(0, threads), files.slice(threads)];
  const found: Record<string, { captionsPerSecond: number[]; peakMegabytes: number }> = {};
  for (let turn = 0; turn < THROUGHPUT_TURNS; turn++) {
    for (const workers of [1, threads]) {
      const name = `${workers} × ${threads / workers}`;
      const peer = new AltsmithPeer(name, root, { modelFolder, workers, threads: threads / workers });
      await peer.start();
      await Promise.all(first.map((file) => peer.ask(file, 1)));
      const begin = performance.now();
      await Promise.all(timed.map((file) => peer.ask(file, 1)));
      const seconds = (performance.now() - begin) / 1000;
      const row = (found[name] ??= { captionsPerSecond: [], peakMegabytes: 0 });
      row.captionsPerSecond.push(Number((timed.length / seconds).toFixed(2)));
      row.peakMegabytes = Math.max(row.peakMegabytes, Math.round(peer.peakMegabytes()));
      await peer.stop();
    }
  }
  return found;
}

/** Prints one table, and writes everything as JSON when asked. */
export async function main(args: string[], root: string): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: 'string', default: 'base' },
      rounds: { type: 'string', default: '9' },
      threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
      // Seconds between two rounds, for the others on a shared machine.
      pause: { type: 'string', default: '0' },
      folder: { type: 'string', default: path.join(tmpdir(), 'altsmith-bench') },
      out: { type: 'string' },
      // The table goes on where that of --out ended.
      add: { type: 'boolean', default: false },
      // Of ours; int8-vnni is only worth measuring on a CPU with VNNI.
      precisions: { type: 'string', default: 'fp32,int8' },
      keep: { type: 'boolean', default: false },
      // Large models in pieces: "table", "compare" (ids and logits against transformers, untimed), "workers".
      parts: { type: 'string', default: 'table,compare,workers' },
    },
  });
  const which = values.model === 'large' || values.model === 'vqa-base' ? values.model : 'base';
  const parts = values.parts.split(',');
  const rounds = Number(values.rounds);
  const threads = Number(values.threads);
  const folder = path.join(values.folder, which);
  mkdirSync(folder, { recursive: true });
  const precisions = values.precisions.split(',');
  await prepare(folder, which, root, { precisions, keep: values.keep });
  const files = await writePictures(folder, (rounds + WARM_UPS) * BEAMS.length);
  const python = findPython();
  if (python === null)
    console.error('No Python with torch and transformers: Hugging Face is left out (ALTSMITH_BENCH_PYTHON).');
  const script = path.join(root, 'tests/bench/blip/hf_peer.py');
  const checkpoint = path.join(folder, 'checkpoint');
  const isQuestion = which === 'vqa-base';
  const reference = (precision: string) =>
    new HuggingFacePeer(`HF ${precision}`, python ?? '', [checkpoint, precision, String(threads)], script);
  console.log(
    `BLIP ${which}, random weights, ${cpus()[0]?.model ?? 'CPU'}, ${threads} threads, 640×480 JPEG to ${NEW_TOKENS} tokens, ` +
      `${rounds} interleaved rounds`,
  );
  let rows: Row[] = [];
  if (parts.includes('table')) {
    const ours = precisions.map((precision) => {
      const modelFolder = path.join(folder, precision);
      return new AltsmithPeer(`Altsmith ${precision}`, root, { modelFolder, threads, isQuestion });
    });
    const peers: Peer[] = [...ours, ...(python === null ? [] : ['fp32', 'int8'].map(reference))];
    const other = isQuestion ? OTHER_QUESTION : 'a picture';
    rows = await measure(peers, { files, rounds, pauseSeconds: Number(values.pause), other });
    if (values.add && values.out !== undefined && existsSync(values.out))
      rows = join(JSON.parse(readFileSync(values.out, 'utf8')).rows, rows);
    print(rows);
    console.log(`${rows[0]?.runs[1]?.length} rounds`);
    console.log(`fp32: ${agreement(rows, 'Altsmith fp32')}; int8: ${agreement(rows, 'Altsmith int8')}`);
  }
  const compared =
    parts.includes('compare') && python !== null
      ? await compare(root, path.join(folder, 'fp32'), reference('fp32'))
      : null;
  if (compared !== null) console.log('fp32 beside HF fp32:', JSON.stringify(compared));
  const rates: Record<string, Awaited<ReturnType<typeof throughput>>> = {};
  if (parts.includes('workers')) {
    const models = { [`${which} int8`]: path.join(folder, 'int8'), mini: path.join(root, 'models/mini') };
    for (const [name, modelFolder] of Object.entries(models)) {
      rates[name] = await throughput(root, modelFolder, files.slice(0, THROUGHPUT_PICTURES), threads);
      console.log(`${name}, workers × threads:`, JSON.stringify(rates[name]));
    }
  }
  if (values.out !== undefined)
    writeFileSync(values.out, JSON.stringify({ which, threads, rounds, rows, compared, rates }, null, 1));
}
