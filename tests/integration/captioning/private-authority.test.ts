import path from 'node:path';
import { WorkerPool } from '../../../server/captioning/worker-pool';
import { ModelServerStub } from '../../support/model-server';
import { TlsFront } from '../../support/tls-front';

const workerFile = path.resolve(__dirname, '../../../build/server/captioning/worker-process.js');
const before = process.env['NODE_EXTRA_CA_CERTS'];
let stub: ModelServerStub;
let front: TlsFront;
beforeEach(async () => {
  stub = await ModelServerStub.start();
  front = await TlsFront.start(Number(new URL(stub.address).port), []);
});
afterEach(async () => {
  if (before === undefined) delete process.env['NODE_EXTRA_CA_CERTS'];
  else process.env['NODE_EXTRA_CA_CERTS'] = before;
  await front.stop();
  await stub.close();
});

async function stateOfPool() {
  const modelServer = {
    address: `https://127.0.0.1:${front.port}/v1`,
    model: 'big-model',
    key: null,
    timeoutMs: 10_000,
  };
  const pool = new WorkerPool({ modelServer, maxPixels: 1_000_000, workerFile });
  await pool.start();
  const state = pool.state();
  await pool.stop();
  return state;
}

test('the worker process reaches a model server behind the authority of NODE_EXTRA_CA_CERTS', async () => {
  process.env['NODE_EXTRA_CA_CERTS'] = front.certificate;
  expect(await stateOfPool()).toMatchObject({ ready: true, problem: null });
});

test('and none behind an authority that nobody named', async () => {
  delete process.env['NODE_EXTRA_CA_CERTS'];
  expect(await stateOfPool()).toMatchObject({ ready: false, problem: { code: 'MODEL_SERVER_UNREACHABLE' } });
});
