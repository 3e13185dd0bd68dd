import http from 'node:http';
import { sha256Of } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';

let sidecar: TestSidecar;
beforeAll(async () => {
  sidecar = await TestSidecar.start({ env: { ALTSMITH_MAX_BYTES: '1000000' } });
});
afterAll(() => sidecar.remove());

/** One upload over a connection that is kept for the next. */
function put(agent: http.Agent, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${sidecar.key}`, 'content-length': bytes.length };
    const request = http.request(`${sidecar.url}/v1/images/${sha256Of(bytes)}`, { method: 'PUT', agent, headers });
    request.on('error', reject);
    request.on('response', (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    request.end(bytes);
  });
}

test.each([
  ['no image', Buffer.alloc(900_000, '<svg>'), 415],
  ['too long', Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(8_000_000)]), 413],
])(
  'a body that is %s is refused early, and the next request on the connection is answered',
  async (_why, bytes, status) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    expect(await put(agent, bytes)).toBe(status);
    expect(await put(agent, bytes)).toBe(status);
    expect(await put(agent, Buffer.alloc(64))).toBe(415);
    agent.destroy();
  },
  4000,
);
