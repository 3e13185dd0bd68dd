import express from 'express';
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Admission } from '../../../../../server/http/body/admission';
import { admitBody } from '../../../../../server/http/body/grants';
import { openPicture } from '../../../../../server/http/body/read-json';
import { holdBody } from '../../../../../server/http/compat/body';
import { holdFormFile } from '../../../../../server/http/compat/form';
import type { Services } from '../../../../../server/http/services';
import { HeldPictures } from '../../../../../server/intake/held-pictures';

const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-held-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const form = () => {
  const body = new FormData();
  body.append('content', new Blob([Buffer.alloc(5000, 1)]), 'a.png');
  return body;
};

const fail = (error: unknown) => {
  throw error;
};
const heldPictures = (folder: string, notRemoved: (error: unknown) => void = fail) =>
  new HeldPictures({
    folder,
    maxBytes: 1_000_000,
    nameLength: 100,
    disk: { requireRoom: () => undefined },
    notRemoved,
  });

test.each([
  ['a body', () => Buffer.alloc(5000, 1), holdBody],
  ['a form', form, (request: express.Request, services: Services) => holdFormFile(request, services, 'content')],
])('%s that is on disk takes no memory while its answer is waited for', async (_name, bodyOf, hold) => {
  const pictures = heldPictures(folder);
  const services = { maxBytes: 1_000_000, pictures } as unknown as Services;
  const waiting: (() => void)[] = [];
  const app = express();
  const admission = new Admission({ siteBodies: 64, siteBytes: 1_000_000, allBytes: 1_000_000 });
  app.post(
    '/',
    admitBody(admission, () => ({ memory: 1_000_000, disk: 0 }), fail),
    async (request, response) => {
      await hold(request, services);
      await new Promise<void>((go) => {
        waiting.push(go);
        if (waiting.length === 2) for (const one of waiting) one();
      });
      response.json({});
    },
  );
  app.use(((error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    for (const one of waiting) one();
    response.status(503).json({ error: String(error) });
  }) satisfies express.ErrorRequestHandler);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const send = async () => (await fetch(url, { method: 'POST', body: bodyOf() })).status;
  const first = send();
  while (waiting.length === 0) await new Promise((turn) => setTimeout(turn, 5));
  expect([await send(), await first]).toEqual([200, 200]);
  await new Promise((closed) => server.close(closed));
});

test('pictures that the disk does not let go of end neither the process nor the clean-up of the others', () => {
  const own = mkdtempSync(path.join(folder, 'own-'));
  const problems: unknown[] = [];
  const pictures = heldPictures(own, (error) => problems.push(error));
  const held = [1, 2].map(() => pictures.open());
  for (const one of held) one.end(true);
  // A folder in the place of a file is not removed, whoever tests this.
  for (const file of readdirSync(own)) {
    rmSync(path.join(own, file));
    mkdirSync(path.join(own, file));
  }
  const response = new EventEmitter();
  const request = { res: response } as unknown as express.Request;
  const mine = [1, 2].map(() => openPicture(request, pictures));
  for (const one of held) pictures.remove(one);
  expect(problems).toHaveLength(2);
  for (const one of mine) one.end(true);
  response.emit('close');
  expect(readdirSync(own)).toHaveLength(2);
  expect(held.map(({ name }) => pictures.find(name))).toEqual([null, null]);
});
