import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';
import { seededPicture } from '../../support/checkpoint/seeded';
import { AltsmithPeer, type Peer, type Timing } from './peers';

export const WARM_UPS = 2;
export const BEAMS = [1, 3] as const;
const QUALITY = 90;

export interface Row {
  readonly name: string;
  readonly loadMs: number;
  peakMegabytes: number;
  /** By number of beams, every round. */
  readonly runs: Record<number, Timing[]>;
  /** Another prompt, question or task on the picture that was just captioned: milliseconds. */
  readonly again: number[];
}

const least = (values: readonly number[]) => Math.min(...values);
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** 640×480 JPEGs, a new one for every round, since a worker remembers the last picture. */
export async function writePictures(folder: string, count: number): Promise<string[]> {
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

export interface Plan {
  readonly files: readonly string[];
  readonly rounds: number;
  readonly pauseSeconds: number;
}

/** One caption of one peer, and a second request about the same picture where there is one. `row`: null while it warms up. */
async function turn(peer: Peer, { file, beams, row }: { file: string; beams: number; row: Row | null }): Promise<void> {
  const before = peer.processorMs();
  const timing = await peer.ask(file, beams);
  if (row === null) return;
  row.runs[beams]!.push({ ...timing, processor: peer.processorMs() - before });
  if (peer instanceof AltsmithPeer && peer.asksAgain && beams === 1) row.again.push((await peer.askAgain(file)).total);
}

/** Every peer captions every picture, one after the other, so that what disturbs one round disturbs all of them. */
export async function measure(peers: readonly Peer[], { files, rounds, pauseSeconds }: Plan): Promise<Row[]> {
  const rows = new Map<string, Row>();
  try {
    for (const peer of peers) {
      const loadMs = await peer.start();
      rows.set(peer.name, { name: peer.name, loadMs, peakMegabytes: 0, runs: { 1: [], 3: [] }, again: [] });
    }
    for (let round = -WARM_UPS; round < rounds; round++) {
      for (const [place, beams] of BEAMS.entries()) {
        const file = files[(round + WARM_UPS) * BEAMS.length + place]!;
        for (const peer of peers) await turn(peer, { file, beams, row: round < 0 ? null : rows.get(peer.name)! });
      }
      await setTimeout(pauseSeconds * 1000);
      process.stderr.write(`\rround ${Math.max(round + 1, 0)} of ${rounds}`);
    }
    process.stderr.write('\n');
    for (const peer of peers) rows.get(peer.name)!.peakMegabytes = peer.peakMegabytes();
  } finally {
    for (const peer of peers) await peer.stop();
  }
  return [...rows.values()];
}

/** The rounds of an earlier sitting and of this one as if they had been one. */
export function join(earlier: readonly Row[], later: readonly Row[]): Row[] {
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

/** A table of least and median times, and their ratio to each peer that is not ours. */
export function print(rows: readonly Row[], peers: readonly string[]): void {
  const leastOf = (name: string, beams: number) => {
    const row = rows.find((each) => each.name === name);
    return row === undefined ? Number.NaN : least(row.runs[beams]!.map(({ total }) => total));
  };
  const processorOf = (name: string, beams: number) =>
    least(rows.find((each) => each.name === name)!.runs[beams]!.map(({ processor = Number.NaN }) => processor));
  const times = [...peers.map((peer) => `× ${peer}`), 'processor ms', ...peers.map((peer) => `its × ${peer}`)];
  const columns = ['', 'beams', 'ms min / median', 'vision', 'text', ...times];
  const head = [...columns, 'peak MB', 'load s', 'second prompt'];
  console.log(`| ${head.join(' | ')} |`);
  console.log(`|${' --- |'.repeat(head.length)}`);
  for (const beams of BEAMS) {
    for (const row of rows) {
      const runs = row.runs[beams]!;
      const totals = runs.map(({ total }) => total);
      const cells = [
        row.name,
        beams,
        `${least(totals).toFixed(0)} / ${median(totals).toFixed(0)}`,
        least(runs.map(({ vision }) => vision)).toFixed(0),
        least(runs.map(({ text }) => text)).toFixed(0),
        ...peers.map((peer) => (least(totals) / leastOf(peer, beams)).toFixed(2)),
        processorOf(row.name, beams).toFixed(0),
        ...peers.map((peer) => (processorOf(row.name, beams) / processorOf(peer, beams)).toFixed(2)),
        row.peakMegabytes.toFixed(0),
        (row.loadMs / 1000).toFixed(1),
        row.again.length === 0 || beams > 1 ? '' : `${((100 * least(row.again)) / least(totals)).toFixed(1)} %`,
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
}

/** In how many rounds each of ours wrote what transformers wrote in float32. */
export function agreement(rows: readonly Row[]): string[] {
  const reference = rows.find((row) => row.name === 'HF fp32');
  if (reference === undefined) return [];
  return rows
    .filter(({ name }) => name !== reference.name)
    .map(({ name, runs }) => {
      const pairs = BEAMS.flatMap((beams) =>
        reference.runs[beams]!.map(({ tokens }, round) => tokens.join() === runs[beams]![round]!.tokens.join()),
      );
      return `${name}: ${pairs.filter(Boolean).length} of ${pairs.length} captions have the tokens of HF fp32`;
    });
}
