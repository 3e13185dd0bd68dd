import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isFullSize, writeFullSize, type FullSize } from './full-size';
import { compare } from './compare';
import { flame, printFlames } from './flame';
import { agreement, BEAMS, join, measure, print, WARM_UPS, writePictures, type Row } from './measure';
import { hideCpu, huggingFace, openVino } from './others';
import { AltsmithPeer, NEW_TOKENS, type Peer, type Second } from './peers';

const THROUGHPUT_TURNS = 3;
const THROUGHPUT_PICTURES = 14;

type Model = FullSize | 'mini';

/** Architecture by the beginning of the name: its end token, and what a second request about a picture is. */
const KINDS: readonly { readonly begins: string; readonly end: number; readonly second: Second | null }[] = [
  { begins: 'blip-vqa', end: 102, second: 'question' },
  { begins: 'blip-2', end: 1, second: 'words beside' },
  { begins: 'florence-2', end: 2, second: 'task' },
  { begins: 'mini', end: 102, second: null },
  { begins: '', end: 102, second: 'prompt' },
];
const kindOf = (model: Model) => KINDS.find(({ begins }) => model.startsWith(begins))!;

interface Graphs {
  readonly precisions: readonly string[];
  /** Graphs of the last run are good enough. */
  readonly keep: boolean;
}

async function prepare(folder: string, which: FullSize, root: string, { precisions, keep }: Graphs): Promise<void> {
  const checkpoint = path.join(folder, 'checkpoint');
  if (!existsSync(checkpoint)) {
    console.error(`Writing a checkpoint of random weights with the shapes of ${which} …`);
    writeFullSize(`${checkpoint}.partial`, which);
    renameSync(`${checkpoint}.partial`, checkpoint);
  }
  const { convertCheckpoint } = await import(path.join(root, 'build/models/convert-checkpoint.js'));
  for (const precision of precisions) {
    if (keep && existsSync(path.join(folder, precision))) continue;
    const begin = performance.now();
    await convertCheckpoint({ source: checkpoint, target: path.join(folder, precision), precision });
    console.error(`converted to ${precision} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  }
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

interface Wishes {
  readonly root: string;
  readonly folder: string;
  readonly model: Model;
  readonly parts: readonly string[];
  readonly precisions: readonly string[];
  /** Precisions of transformers, and "openvino". */
  readonly others: readonly string[];
  readonly rounds: number;
  readonly threads: number;
  readonly pauseSeconds: number;
  readonly keep: boolean;
  readonly hide: string | null;
  readonly out: string | null;
  readonly add: boolean;
}

function wishesOf(args: string[], root: string): Wishes {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: 'string', default: 'blip-base' },
      rounds: { type: 'string', default: '9' },
      threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
      // Seconds between two rounds, for the others on a shared machine.
      pause: { type: 'string', default: '0' },
      folder: { type: 'string', default: path.join(tmpdir(), 'altsmith-bench') },
      out: { type: 'string' },
      // The table goes on where that of --out ended.
      add: { type: 'boolean', default: false },
      precisions: { type: 'string', default: 'fp32,int8' },
      // Of transformers: fp32, bf16, int8; and openvino, in int8.
      peers: { type: 'string', default: 'fp32,int8' },
      keep: { type: 'boolean', default: false },
      // Kind of CPU to show by hiding features from every process: avx2, avx512, vnni.
      hide: { type: 'string' },
      // Large models in pieces: "table", "compare" (ids and logits against transformers, untimed), "workers"; "accuracy" (against fp32); "flame" (ms by operator).
      parts: { type: 'string', default: 'table,compare,workers' },
    },
  });
  const { model } = values;
  if (model !== 'mini' && !isFullSize(model)) throw new Error(`There is no model ${model} to measure.`);
  const listOf = (words: string) => words.split(',').filter((word) => word !== '');
  return {
    root,
    model,
    folder: path.join(values.folder, model),
    parts: listOf(values.parts),
    precisions: model === 'mini' ? ['int8'] : listOf(values.precisions),
    others: model === 'mini' ? [] : listOf(values.peers),
    rounds: Number(values.rounds),
    threads: Number(values.threads),
    pauseSeconds: Number(values.pause),
    keep: values.keep,
    hide: values.hide ?? null,
    out: values.out ?? null,
    add: values.add,
  };
}

/** `npm run bench:models`: prints the parts that were asked for, and writes everything as JSON with --out. */
export async function main(args: string[], root: string): Promise<void> {
  const wishes = wishesOf(args, root);
  const { folder, model, parts, precisions, rounds, threads, out } = wishes;
  mkdirSync(folder, { recursive: true });
  const wantsFloats =
    (['compare', 'accuracy'].some((part) => parts.includes(part)) || wishes.others.includes('openvino')) &&
    !precisions.includes('fp32') &&
    model !== 'mini';
  if (model !== 'mini') {
    await prepare(folder, model, root, {
      precisions: wantsFloats ? [...precisions, 'fp32'] : precisions,
      keep: wishes.keep,
    });
  }
  const folderOf = (precision: string) =>
    model === 'mini' ? path.join(root, 'models/mini') : path.join(folder, precision);
  const { end, second } = kindOf(model);
  const files = await writePictures(folder, (rounds + WARM_UPS) * BEAMS.length);
  const place = { root, folder, threads, end };
  const reference = (name: string) => (name === 'openvino' ? openVino(place, files) : huggingFace(name, place));
  if (wishes.hide !== null) hideCpu(wishes.hide, { root, folder });
  console.log(
    `${model}, ${model === 'mini' ? 'its own' : 'random'} weights, ${cpus()[0]?.model ?? 'CPU'}, ${threads} threads, ` +
      `${wishes.hide === null ? '' : `shown as ${wishes.hide}, `}640×480 JPEG to ${NEW_TOKENS} tokens, ${rounds} interleaved rounds`,
  );
  let rows: Row[] = [];
  if (parts.includes('table')) {
    const ours = precisions.map(
      (precision) =>
        new AltsmithPeer(`Altsmith ${precision}`, root, { modelFolder: folderOf(precision), threads, second }),
    );
    const others = wishes.others.flatMap((name) => {
      const peer = reference(name);
      if (peer === null) console.error(`${name} is left out: ALTSMITH_BENCH_PYTHON names no Python that has it.`);
      return peer === null ? [] : [peer];
    });
    const peers: Peer[] = [...ours, ...others];
    rows = await measure(peers, { files, rounds, pauseSeconds: wishes.pauseSeconds });
    if (wishes.add && out !== null && existsSync(out)) rows = join(JSON.parse(readFileSync(out, 'utf8')).rows, rows);
    print(
      rows,
      others.map(({ name }) => name),
    );
    console.log([`${rows[0]?.runs[1]?.length} rounds`, ...agreement(rows)].join('; '));
  }
  const exact = parts.includes('compare') && model !== 'mini' ? huggingFace('fp32', place) : null;
  const compared = exact === null ? null : await compare(root, folderOf('fp32'), exact);
  if (compared !== null) console.log('fp32 beside HF fp32:', JSON.stringify(compared));
  const rates: Record<string, Awaited<ReturnType<typeof throughput>>> = {};
  if (parts.includes('workers')) {
    for (const precision of precisions.filter((one) => one !== 'fp32')) {
      rates[precision] = await throughput(root, folderOf(precision), files.slice(0, THROUGHPUT_PICTURES), threads);
      console.log(`${model} ${precision}, workers × threads:`, JSON.stringify(rates[precision]));
    }
  }
  const accuracies: Record<string, unknown> = {};
  if (parts.includes('accuracy')) {
    const script = path.join(root, 'tests/support/models/run-accuracy.cjs');
    for (const precision of precisions.filter((one) => one !== 'fp32')) {
      const pair = {
        exact: folderOf('fp32'),
        other: folderOf(precision),
        files: files.slice(0, 4),
        tokens: NEW_TOKENS,
      };
      const told = execFileSync(process.execPath, [script], { encoding: 'utf8', input: JSON.stringify(pair) });
      accuracies[precision] = JSON.parse(told);
      console.log(`${model} ${precision} beside fp32: ${told.trim()}`);
    }
  }
  const flames: Record<string, Awaited<ReturnType<typeof flame>>> = {};
  if (parts.includes('flame')) {
    for (const precision of precisions) {
      flames[precision] = await flame(root, folderOf(precision), threads, second === 'question');
      console.log(`\n${model} ${precision}, by onnxruntime's profile`);
      printFlames(flames[precision]);
    }
  }
  if (out !== null)
    writeFileSync(out, JSON.stringify({ model, threads, rounds, rows, compared, rates, accuracies, flames }, null, 1));
}
