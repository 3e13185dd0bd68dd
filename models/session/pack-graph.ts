// A program: `node pack-graph.js SOURCE TARGET OPTIONS` writes a graph with its weights packed as onnxruntime does it on this machine.
// It ends when its standard input does, which is when the process that started it is gone, however that ended.
import { Socket } from 'node:net';
import path from 'node:path';
import { isMainThread, Worker } from 'node:worker_threads';
import { GraphSession, type GraphOptions } from './graph-session';

/** Smaller weights stay in the graph itself. */
const LEAST_BYTES = '1024';

function pack(source: string, target: string, given: GraphOptions): void {
  const session = GraphSession.open(source, {
    ...given,
    // 'all' would also write the layout that convolutions have in memory; it is made again when the graph is loaded.
    level: 'extended',
    optimizedFile: target,
    config: {
      ...given.config,
      'session.save_external_prepacked_constant_initializers': '1',
      'session.optimized_model_external_initializers_file_name': `${path.basename(target)}.data`,
      'session.optimized_model_external_initializers_min_size_in_bytes': LEAST_BYTES,
    },
  });
  session.close();
}

/** In a thread of its own, since packing blocks the other one for minutes. */
function watchParent(): void {
  const parent = new Socket({ fd: 0 });
  parent.once('close', () => process.kill(process.pid, 'SIGKILL'));
  parent.resume();
}

if (!isMainThread) watchParent();
else if (require.main === module) {
  const [source = '', target = '', options = '{}'] = process.argv.slice(2);
  const watch = new Worker(__filename);
  try {
    pack(source, target, JSON.parse(options) as GraphOptions);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
  void watch.terminate();
}
