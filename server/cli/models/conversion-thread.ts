// The thread that converts: it is given one `Conversion`, and tells how far it is and how it ended.
import { parentPort, workerData } from 'node:worker_threads';
import type { Manifest } from '../../../models/model-folder/manifest';
import { convertCheckpoint } from '../../../models/convert-checkpoint';
import { convertMini } from '../../../models/architectures/mini/convert';
import { ModelError } from '../../../models/model-error';
import type { Conversion, FromConversion } from './conversion';

/** At most this many messages a second, and always the last. */
const MESSAGES_A_SECOND = 20;

const send = (message: FromConversion) => parentPort?.postMessage(message);

function reporter(): (done: number, total: number) => void {
  let sentAt = -Infinity;
  return (done, total) => {
    if (done < total && performance.now() - sentAt < 1000 / MESSAGES_A_SECOND) return;
    sentAt = performance.now();
    send({ type: 'progress', done, total });
  };
}

function convert(conversion: Conversion): Promise<Manifest> {
  const { target } = conversion;
  if (conversion.kind === 'mini') return convertMini(conversion.mini, target, conversion.precision);
  return convertCheckpoint({ ...conversion.checkpoint, target, progress: reporter() });
}

async function run(conversion: Conversion): Promise<void> {
  try {
    send({ type: 'done', manifest: await convert(conversion) });
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    send({ type: 'failed', code: error.code, message: error.message });
  }
}

// Without a parent this is no thread: somebody only imported it.
if (parentPort !== null) {
  // An exception outside of every promise is what the parent hears as the thread's 'error'.
  run(workerData as Conversion).catch((error: unknown) => {
    process.nextTick(() => {
      throw error;
    });
  });
}
