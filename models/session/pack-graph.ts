// A program: `node pack-graph.js SOURCE TARGET OPTIONS` writes a graph with its weights packed as onnxruntime does it on this machine.
import path from 'node:path';
import { InferenceSession } from './runtime';

/** Smaller weights stay in the graph itself. */
const LEAST_BYTES = '1024';

async function pack(source: string, target: string, given: InferenceSession.SessionOptions): Promise<void> {
  const extra = given.extra as { session?: Record<string, string> } | undefined;
  const session = await InferenceSession.create(source, {
    ...given,
    // 'all' would also write the layout that convolutions have in memory; it is made again when the graph is loaded.
    graphOptimizationLevel: 'extended',
    optimizedModelFilePath: target,
    extra: {
      ...extra,
      session: {
        ...extra?.session,
        save_external_prepacked_constant_initializers: '1',
        optimized_model_external_initializers_file_name: `${path.basename(target)}.data`,
        optimized_model_external_initializers_min_size_in_bytes: LEAST_BYTES,
      },
    },
  });
  await session.release();
}

if (require.main === module) {
  const [source = '', target = '', options = '{}'] = process.argv.slice(2);
  pack(source, target, JSON.parse(options) as InferenceSession.SessionOptions).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
