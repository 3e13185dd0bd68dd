import { reachableFrom, type Import } from './imports';

/** Native code may crash or hang; the grammar library takes its time and 35 MB. */
const WORKER_ONLY = ['onnxruntime-node', 'koffi', 'sharp', 'compromise'];
const WORKER = 'server/captioning/worker-process.ts';
const API = 'server/main.ts';

interface Layer {
  readonly name: string;
  readonly files: RegExp;
  /** What the files may not import, as a package name or a path. */
  readonly never: RegExp;
  readonly except?: RegExp;
}

/** "Who may import what" of docs/architecture.md. Imports of types count too: they tie the folders together as well. */
const LAYERS: readonly Layer[] = [
  {
    name: 'server/contract imports zod only',
    files: /^server\/contract\//,
    never: /^(?!zod$|server\/contract\/)/,
  },
  { name: 'intake stands alone', files: /^server\/intake\//, never: /^server\/(queue|review|http)\// },
  { name: 'queue stands alone', files: /^server\/queue\//, never: /^server\/(intake|review|http)\// },
  { name: 'review stands alone', files: /^server\/review\//, never: /^server\/(intake|queue|http)\// },
  {
    name: 'http sees neither models nor captioning',
    files: /^server\/http\//,
    never: /^(server\/captioning|models)\//,
  },
  { name: 'video stands alone', files: /^server\/video\//, never: /^server\/(queue|review|http)\// },
  { name: 'captioning does not see http', files: /^server\/captioning\//, never: /^server\/http\// },
  {
    name: 'models know nothing of the server',
    files: /^models\//,
    never: /^(server\/|plugin\/|express$|better-sqlite3$|bull$|ioredis$)/,
  },
  {
    name: 'only the file that switches the telemetry of onnxruntime off first loads native libraries',
    files: /^(server\/|models\/(?!session\/library\.ts$))/,
    never: /^(onnxruntime-node|koffi)$/,
    except: /^onnxruntime-node$/,
  },
  {
    name: 'only storage, stores and the SQLite queue see better-sqlite3',
    files: /^server\/(?!storage\/)(?!.*-store\.ts$)(?!queue\/sqlite-)/,
    never: /^better-sqlite3$/,
  },
  {
    name: 'the plugin sees types of the contract, and no code of ours',
    files: /^plugin\/src\//,
    never: /^(server|models)\//,
    except: /^server\/contract\//,
  },
];

/** Sentences about imports that cross a border. Empty when all is well. */
export function brokenLayers(imports: readonly Import[]): string[] {
  const direct = LAYERS.flatMap((layer) =>
    imports
      .filter((one) => layer.files.test(one.from) && layer.never.test(one.to))
      .filter((one) => !(layer.except?.test(one.to) === true && one.typeOnly))
      .map((one) => `${layer.name}: ${one.from} imports ${one.to}`),
  );
  return [...direct, ...heavyOutsideWorker(imports)];
}

/** The API process stays light and alive, so it never loads any of these: neither directly nor through others. */
function heavyOutsideWorker(imports: readonly Import[]): string[] {
  const ofApi = reachableFrom(API, imports);
  const ofWorker = reachableFrom(WORKER, imports);
  const reached = WORKER_ONLY.filter((name) => ofApi.has(name)).map(
    (name) => `${API} loads ${name} through its imports`,
  );
  const misplaced = imports
    .filter((one) => WORKER_ONLY.includes(one.to) && !one.typeOnly && one.from.startsWith('server/'))
    .filter((one) => !ofWorker.has(one.from) || ofApi.has(one.from))
    .map((one) => `${one.from} imports ${one.to}, which only the worker process may load`);
  return [...reached, ...misplaced];
}
