import { types } from 'node:util';
import { MessageChannel } from 'node:worker_threads';

/** What a tensor of onnxruntime has that counts here. */
interface Held {
  readonly data: unknown;
}

/**
 * onnxruntime-node 1.30 hands every output out as a copy, also when it wrote into memory of ours: 42 MB of garbage a picture, which
 * V8 lets pile up three deep. Sent into a closed channel, an array's memory is given back at once. `ours` is what was handed in: a
 * later version may return that itself (microsoft/onnxruntime#32346), and it must stay.
 */
export function discardCopies(
  returned: Readonly<Record<string, Held>>,
  ours: Readonly<Record<string, Held | null>>,
): void {
  const kept = new Set(Object.values(ours).map((tensor) => bufferOf(tensor)));
  const copies = Object.values(returned).map(bufferOf);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(
    null,
    copies.filter((buffer) => buffer !== null).filter((buffer) => !kept.has(buffer)),
  );
  port1.close();
  port2.close();
}

function bufferOf(tensor: Held | null): ArrayBuffer | null {
  const data = tensor?.data;
  return data instanceof Float32Array && types.isArrayBuffer(data.buffer) ? data.buffer : null;
}
