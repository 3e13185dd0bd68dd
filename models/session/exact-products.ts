import { GraphBuilder } from '../onnx/graph';
import { tensor } from '../onnx/tensor';
import { GraphSession } from './graph-session';
import { Tensor } from './tensor';

/** With fewer rows a CPU with AMX takes another kernel than a picture does. */
const ROWS = 40;
const DEPTH = 64;
const COLUMNS = 16;
const MOST_BYTE = 255;
const MOST_WEIGHT = 127;
const SUM = DEPTH * MOST_BYTE * MOST_WEIGHT;

function probeGraph(): Uint8Array {
  const graph = new GraphBuilder('probe');
  const bytes = graph.input('bytes', 'uint8', [ROWS, DEPTH]);
  const weights = graph.constant(tensor(new Int8Array(DEPTH * COLUMNS).fill(MOST_WEIGHT), [DEPTH, COLUMNS]));
  graph.node('MatMulInteger', [bytes, weights], {}, { outputs: ['sums'] });
  graph.output('sums', 'int32', [ROWS, COLUMNS]);
  return graph.toBuffer();
}

function probe(): boolean {
  const session = GraphSession.open(probeGraph(), { threads: 1 });
  const bytes = Tensor.of('uint8', new Uint8Array(ROWS * DEPTH).fill(MOST_BYTE), [ROWS, DEPTH]);
  try {
    const { sums } = session.run({ bytes });
    const found = sums?.data ?? new Int32Array(0);
    sums?.dispose();
    return found.length > 0 && found.every((sum) => Number(sum) === SUM);
  } finally {
    bytes.dispose();
    session.close();
  }
}

let found: boolean | null = null;

/**
 * Whether this CPU adds products of bytes and 8-bit weights exactly. x86 without VNNI adds two of them in 16 bits, which overflow. A
 * small product tells, on every operating system: it must be asked in the process that will compute, and is asked once there.
 */
export function areProductsExact(): boolean {
  found ??= probe();
  return found;
}
