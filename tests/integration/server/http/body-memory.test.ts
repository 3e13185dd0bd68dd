import { setTimeout as pause } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { KeyStore } from '../../../../server/sites/key-store';
import { SiteStore } from '../../../../server/sites/site-store';
import { openDatabase } from '../../../../server/storage/database';
import { QUICK_SERVE, SidecarProcess } from '../../../support/sidecar-process';
import { waitFor } from '../../../support/wait-for';

const MB = 1_000_000;
/** A little below what the chat route takes: twice a picture in base64, and the text around it. */
const BODY_BYTES = 52 * MB;
const PIECE = Buffer.alloc(256 * 1024, 'QUJD');

let sidecar: SidecarProcess;
let other: string;

beforeAll(async () => {
  sidecar = await SidecarProcess.start({ ALTSMITH_LOG_LEVEL: 'silent' }, QUICK_SERVE);
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  const site = new SiteStore(storage).create('another');
  other = new KeyStore(storage).create({ scope: 'site', siteId: site.id, name: 'another' }).text;
  storage.close();
}, 120_000);
afterAll(() => sidecar.remove());

const residentBytes = () =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${sidecar.pid}/status`, 'utf8'))?.[1]) * 1024;

/** A chunked request whose body never ends; resolves once `bytes` of it were taken, or it was answered. */
function slowRequest(
  route: string,
  start: string,
  bytes: number,
): Promise<{ socket: net.Socket; answer: () => string }> {
  const { hostname, port } = new URL(sidecar.url);
  const socket = net.connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(
    `POST ${route} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${sidecar.key}\r\n` +
      `content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
  );
  const chunk = (piece: Buffer) =>
    Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
  socket.write(chunk(Buffer.from(start)));
  return new Promise((resolve) => {
    let sent = 0;
    const done = () => {
      resolve({ socket, answer: () => answer });
    };
    const more = () => {
      while (sent < bytes && answer === '') {
        sent += PIECE.length;
        if (!socket.write(chunk(PIECE))) {
          socket.once('drain', more);
          return;
        }
      }
      done();
    };
    socket.once('close', done);
    more();
  });
}

test.each([
  ['pictures', '/v1/chat/completions', '{"messages":[{"role":"user","content":[{"type":"image_url","image_url":"'],
  ['pictures, on our own route', '/v1/captions', '{"image":"'],
  ['plain text', '/replicate/v1/predictions', '{"input":{"prompt":"Two words. '],
])(
  '50 slow requests of one key with %s take less than 200 MB, and another key is answered meanwhile',
  async (_what, route, start) => {
    const before = residentBytes();
    const bodies = { areArriving: true };
    const arriving = Promise.all(
      Array.from({ length: 50 }, () => slowRequest(route, start, route === '/v1/captions' ? 26 * MB : BODY_BYTES)),
    ).finally(() => (bodies.areArriving = false));
    // Not by the clock, since the machine may be busy: another key is answered again and again before the bodies are there.
    let answered = 0;
    while (bodies.areArriving) {
      const answer = await fetch(`${sidecar.url}/v1/status`, { headers: { authorization: `Bearer ${other}` } });
      expect(answer.status).toBe(200);
      answered += 1;
      await pause(50);
    }
    const requests = await arriving;
    const during = residentBytes();
    expect(answered).toBeGreaterThanOrEqual(3);
    expect((during - before) / MB).toBeLessThan(200);
    const answers = requests.map((one) => one.answer()).filter((text) => text !== '');
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 (429|413|408|400) /);
    for (const { socket } of requests) socket.destroy();
    await waitFor('the memory to be given back', async () => {
      const reply = await sidecar.call('POST', '/v1/captions', { image: 'AAAA' });
      return reply.status !== 429;
    });
  },
  120_000,
);
