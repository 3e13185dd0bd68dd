import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { QueueRoom } from '../../../../server/queue/room';
import { openDatabase } from '../../../../server/storage/database';
import { altsmith } from '../../../support/altsmith-command';
import { makeKey } from '../../../support/admin-key';
import { freshDatabase, siteOf } from '../../../support/suggestion-rows';
import { samplePng } from '../../../support/sample-image';
import { exchange } from '../../../support/raw-socket';
import { TestSidecar } from '../../../support/test-sidecar';
import { waitFor } from '../../../support/wait-for';

const withSidecar = async (env: Record<string, string>, work: (sidecar: TestSidecar) => Promise<void>) => {
  const sidecar = await TestSidecar.start({ env });
  try {
    await work(sidecar);
  } finally {
    await sidecar.remove();
  }
};

test('a full queue refuses with 429 and says when to come back; what is known is still answered', async () => {
  await withSidecar({ ALTSMITH_QUEUE_LIMIT: '2' }, async (sidecar) => {
    sidecar.engine.ready = false;
    const answers = [];
    for (let index = 1; index <= 3; index += 1) answers.push(await sidecar.submit(samplePng(index), String(index)));
    expect(answers.map((answer) => answer.status)).toEqual([202, 202, 429]);
    expect(answers[2]?.body.error).toMatchObject({ code: 'QUEUE_FULL', retryable: true });
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await sidecar.submit(samplePng(1), '1')).status).toBe(200);
  });
});

test('a backfill leaves room for what somebody waits for, and one site leaves room for another', async () => {
  const env = { ALTSMITH_QUEUE_LIMIT: '40', ALTSMITH_SITE_QUEUE: '10' };
  await withSidecar(env, async (sidecar) => {
    sidecar.engine.ready = false;
    const submit = async (seed: number, priority: string) =>
      (await sidecar.submit(samplePng(seed), String(seed), { priority })).status;
    const backfill = [];
    for (let seed = 1; seed <= 10; seed += 1) backfill.push(await submit(seed, 'backfill'));
    expect(backfill).toEqual([...Array.from({ length: 9 }, () => 202), 429]);
    expect([await submit(11, 'upload'), await submit(12, 'interactive')]).toEqual([202, 429]);
    const { json } = await altsmith(sidecar.dataDir, ['sites', 'create', 'other', '--json']);
    const made = await altsmith(sidecar.dataDir, ['keys', 'create', '--site', json.id, '--json']);
    const image = samplePng(1);
    await sidecar.putImage(image, { key: made.json.key });
    const body = { image_sha256: image.sha256, subject: { type: 'attachment', id: '1' } };
    expect((await sidecar.call('POST', '/v1/jobs', body, { key: made.json.key })).status).toBe(202);
  });
});

test('two sites that fill the queue leave a place to a third, and jobs of paused runs take none from others', () => {
  const storage = freshDatabase();
  const [first, second, third] = [siteOf(storage, 'a'), siteOf(storage, 'b'), siteOf(storage, 'c')];
  const take = (siteId: string, priority: 'interactive' | 'backfill') => () =>
    new QueueRoom(storage, { all: 100, ofSite: () => 75 }).take(siteId, priority);
  const run = first.runs.create({ name: 'all of 2019', include_decided: false }, 0);
  for (let number = 0; number < 70; number += 1) first.suggest({ altText: 'a dog', runId: run.id });
  for (let number = 0; number < 30; number += 1) second.suggest({ altText: 'a dog' });
  expect(take(second.id, 'interactive')).toThrow('queue is full');
  for (let number = 0; number < 2; number += 1) {
    expect(take(third.id, 'interactive')).not.toThrow();
    third.suggest({ altText: 'a dog' });
  }
  expect(take(third.id, 'interactive')).toThrow('queue is full');
  first.runs.act(run.id, 'pause');
  expect(take(third.id, 'backfill')).not.toThrow();
  storage.close();
});

test('captions at once that wait for a worker are bounded for each site, so that one leaves room for another', async () => {
  await withSidecar({ ALTSMITH_WORKERS: '0' }, async (sidecar) => {
    sidecar.engine.ready = false;
    const { json } = await altsmith(sidecar.dataDir, ['sites', 'create', 'other', '--json']);
    const other = (await altsmith(sidecar.dataDir, ['keys', 'create', '--site', json.id, '--json'])).json.key;
    const image = `data:image/png;base64,${samplePng(1).bytes.toString('base64')}`;
    const ask = (key: string) => sidecar.call('POST', '/v1/captions', { image }, { key });
    const ofOne = Array.from({ length: 17 }, () => ask(sidecar.key));
    expect((await Promise.race(ofOne)).body.error.code).toBe('QUEUE_FULL');
    const ofOther = ask(other);
    await waitFor('the other one to wait or be answered', async () => {
      const isAnswered = await Promise.race([ofOther.then(() => true), pause(1, false)]);
      return isAnswered || waitingCaptions(sidecar) === 17;
    });
    await sidecar.stop();
    const codes = (await Promise.all([...ofOne, ofOther])).map(({ body }) => body.error.code);
    expect(codes.filter((code) => code === 'QUEUE_FULL')).toHaveLength(1);
    expect(codes.at(-1)).toBe('SHUTTING_DOWN');
  });
});

test('a picture that would wait behind too many is refused before it is sent', async () => {
  await withSidecar({ ALTSMITH_WORKERS: '0' }, async (sidecar) => {
    sidecar.engine.ready = false;
    const image = `data:image/png;base64,${samplePng(1).bytes.toString('base64')}`;
    const headOf = (route: string) =>
      `POST ${route} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${sidecar.key}\r\n` +
      'content-type: application/json\r\ncontent-length: 20000000\r\n\r\n';
    const statusOf = async (route: string) => (await exchange(sidecar.url, headOf(route))).statuses;
    const waiting = Array.from({ length: 16 }, () => sidecar.call('POST', '/v1/captions', { image }));
    await waitFor('all to wait', () => waitingCaptions(sidecar) === 16);
    for (const route of ['/v1/captions', '/v1/chat/completions', '/api/generate']) {
      expect({ route, statuses: await statusOf(route) }).toEqual({ route, statuses: [429] });
    }
    const storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
    const add = storage.db.prepare(
      `INSERT INTO replies (id, site_id, model, version, image_sha256, input, state, created_at)
       SELECT ?, id, '', '', '', '{}', 'starting', ? FROM sites`,
    );
    for (let number = 0; number < 100; number += 1) add.run(String(number), Date.now());
    storage.close();
    for (const route of ['/replicate/v1/predictions', '/eachlabs/v1/prediction', '/modelrunner/queue/a/b']) {
      expect({ route, statuses: await statusOf(route) }).toEqual({ route, statuses: [429] });
    }
    await sidecar.stop();
    await Promise.all(waiting);
  });
});

function waitingCaptions(sidecar: TestSidecar): unknown {
  const storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
  try {
    return storage.db.prepare("SELECT count(*) FROM jobs WHERE subject_id = 'caption'").pluck().get();
  } finally {
    storage.close();
  }
}

test('guessing keys is slowed down, and a good key from the same address is let through', async () => {
  await withSidecar({}, async (sidecar) => {
    const statuses = [];
    for (let attempt = 1; attempt <= 25; attempt += 1) {
      statuses.push((await sidecar.call('GET', '/v1/status', undefined, { key: `alt_${attempt}` })).status);
    }
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
    expect(statuses.slice(20)).toEqual(Array.from({ length: 5 }, () => 429));
    const limited = await sidecar.call('GET', '/v1/status', undefined, { key: 'alt_x' });
    expect(limited.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await sidecar.call('GET', '/v1/status')).status).toBe(200);
  });
});

test('the sidecar answers to its own names and to addresses, and to no other name', async () => {
  await withSidecar({ ALTSMITH_ALLOWED_HOSTS: 'alt.example.org' }, async (sidecar) => {
    const ask = (host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const url = new URL('/livez', sidecar.url);
        request(url, { headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      });
    const hosts = [
      'localhost',
      'localhost:8787',
      '127.0.0.1:1',
      '[::1]:80',
      'alt.example.org',
      'ALT.example.org:443',
      '10.1.2.3',
    ];
    for (const host of hosts) expect([host, await ask(host)]).toEqual([host, 200]);
    for (const host of ['evil.example', 'localhost.evil.example', 'alt.example.org.evil', 'a b', '127.0.0.1.nip.io']) {
      expect([host, await ask(host)]).toEqual([host, 400]);
    }
  });
});

test('metrics are for keys of the scope metrics or admin, from this machine as from others', async () => {
  await withSidecar({}, async (sidecar) => {
    await sidecar.suggest(samplePng(1), '1');
    for (const scope of ['metrics', 'admin'] as const) {
      const found = await sidecar.call('GET', '/metrics', undefined, { key: makeKey(sidecar.dataDir, scope) });
      expect(found.status).toBe(200);
      expect(found.headers.get('content-type')).toContain('text/plain; version=0.0.4');
      expect(found.body).toMatch(/^altsmith_job_attempts_total\{outcome="done"\} 1$/m);
      expect(found.body).toMatch(/^altsmith_suggestions_pending 1$/m);
      expect(found.body).toMatch(
        /altsmith_http_request_seconds_count\{method="PUT",route="\/v1\/images\/:sha256",status="201"\} 1/,
      );
    }
    expect((await sidecar.call('GET', '/metrics', undefined, { key: null })).status).toBe(401);
    expect((await sidecar.call('GET', '/metrics')).body.error.code).toBe('SCOPE_MISSING');
    const metrics = makeKey(sidecar.dataDir, 'metrics');
    for (const route of ['/v1/admin/keys', '/v1/status', '/v1/suggestions']) {
      expect((await sidecar.call('GET', route, undefined, { key: metrics })).status).toBe(403);
    }
  });
});

test('a site has as many requests a second as its own limit says, else the setting; others are answered', async () => {
  await withSidecar({ ALTSMITH_SITE_RATE: '1000' }, async (sidecar) => {
    const admin = makeKey(sidecar.dataDir, 'admin');
    const call = (method: string, route: string, body?: object) => sidecar.call(method, route, body, { key: admin });
    const slow = (await call('POST', '/v1/admin/sites', { name: 'slow' })).body.site.id;
    const { secret } = (await call('POST', '/v1/admin/keys', { name: 'k', scope: 'site', site_id: slow })).body;
    await call('PATCH', `/v1/admin/sites/${slow}`, { limits: { rate: 0.01 } });
    expect((await sidecar.call('GET', '/v1/status', undefined, { key: secret })).status).toBe(200);
    const limited = await sidecar.call('GET', '/v1/status', undefined, { key: secret });
    expect([limited.status, limited.body.error.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(90);
    expect((await sidecar.call('GET', '/v1/status')).status).toBe(200);
    await call('PATCH', `/v1/admin/sites/${slow}`, { limits: { rate: null } });
    expect((await sidecar.call('GET', '/v1/status', undefined, { key: secret })).status).toBe(200);
  });
});

test('pictures in JSON may be as large as ALTSMITH_MAX_BYTES says, however they are written', async () => {
  await withSidecar({ ALTSMITH_MAX_BYTES: '40000000' }, async (sidecar) => {
    const png = samplePng(1).bytes;
    const large = Buffer.concat([png, Buffer.alloc(30_000_000, 7)]);
    const forms = [
      png.toString('base64url'),
      `data:image/png;charset=utf-8;base64,${png.toString('base64')}`,
      `DATA:IMAGE/PNG;BASE64,${png.toString('base64')}`,
      large.toString('base64'),
    ];
    for (const image of forms) {
      expect((await sidecar.call('POST', '/v1/captions', { image })).status).toBe(200);
    }
    const tooLarge = Buffer.concat([png, Buffer.alloc(41_000_000, 7)]).toString('base64');
    expect((await sidecar.call('POST', '/v1/captions', { image: tooLarge })).body.error.code).toBe('IMAGE_TOO_LARGE');
  });
});

test('what holds no picture after all is refused, and nothing of it stays', async () => {
  await withSidecar({}, async (sidecar) => {
    for (const image of [`A${' '.repeat(70_000)}!`, `${'A'.repeat(70_000)}!`, 'data:text/plain,hello', '=', 'no!']) {
      const answer = await sidecar.call('POST', '/v1/captions', { image });
      expect([answer.status, answer.body.error.code]).toEqual([400, 'BAD_REQUEST']);
    }
    expect(readdirSync(path.join(sidecar.dataDir, 'tmp'))).toEqual([]);
  });
});
