import Database from 'better-sqlite3';
import path from 'node:path';
import { BEHAVIOUR, ModelServerStub } from '../../support/model-server';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';

const KEY = 'sk-of-the-model-server';
let stub: ModelServerStub;
let sidecar: SidecarProcess;
beforeAll(async () => {
  stub = await ModelServerStub.start();
  sidecar = await SidecarProcess.start({
    ALTSMITH_MODEL: 'openai-compatible',
    ALTSMITH_MODEL_SERVER: stub.address,
    ALTSMITH_MODEL_SERVER_MODEL: 'big-model',
    ALTSMITH_MODEL_SERVER_KEY: KEY,
    ALTSMITH_MODEL_SERVER_SECONDS: '1',
  });
});
afterAll(async () => {
  await sidecar.remove();
  await stub.close();
});

let pictures = 0;
/** A job about a picture that no other job has. */
async function submit(): Promise<string> {
  const image = samplePng((pictures += 1), { width: 64, height: 48 });
  await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
  const subject = { type: 'attachment', id: String(pictures) };
  return (await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject })).body.job.id;
}
const jobOf = async (id: string) => (await sidecar.call('GET', `/v1/jobs/${id}`)).body.job;
const ended = (id: string) =>
  waitFor('the job to end', async () => {
    const job = await jobOf(id);
    return ['done', 'failed'].includes(job.state) ? job : null;
  });
async function suggestionOf(id: string): Promise<any> {
  const job = await ended(id);
  expect(job).toMatchObject({ state: 'done' });
  return (await sidecar.call('GET', `/v1/suggestions/${job.suggestion_id}`)).body.suggestion;
}
/** What counts towards giving a job up. */
function setbacksOf(id: string): unknown {
  const database = new Database(path.join(sidecar.dataDir, 'altsmith.db'), { readonly: true });
  const row = database.prepare('SELECT failures, crashes FROM jobs WHERE id = ?').get(id);
  database.close();
  return row;
}
const status = async () => (await sidecar.call('GET', '/v1/status')).body;

test('a suggestion says which model wrote it, and the status where the bytes went', async () => {
  expect(await suggestionOf(await submit())).toMatchObject({
    state: 'pending',
    fields: { alt_text: 'A red bus in front of a church' },
    model: { id: 'big-model', precision: 'remote', demonstration: false, calibrated: false },
  });
  expect(stub.asked.at(-1)!.headers.authorization).toBe(`Bearer ${KEY}`);
  expect(await status()).toMatchObject({
    model: { id: 'big-model', precision: 'remote' },
    ready: true,
    bytes_also_go_to: stub.address,
    abilities: { answer: true, prompt: false },
  });
});

test('a hostile answer of 10 kB becomes one plain line', async () => {
  const trash = '\u202e<script>alert(1)</script><img src=x onerror=alert(2)>\u0000'.repeat(3);
  stub.next.push(BEHAVIOUR.says(`${trash}Alt text: a dog on a beach ${'near the <b>sea</b> and '.repeat(500)}`));
  const { fields } = await suggestionOf(await submit());
  expect(fields.alt_text).toMatch(/^A dog on a beach near the sea/);
  expect(fields.alt_text.length).toBeLessThanOrEqual(250);
  expect(JSON.stringify(fields)).not.toMatch(/[<>]|\\u202e|\\u0000/);
});

test('an answer without words fails its own job with a reason, and the next job is done', async () => {
  stub.next.push(BEHAVIOUR.says('<p></p>'));
  const [empty, fine] = [await submit(), await submit()];
  expect(await ended(empty)).toMatchObject({
    state: 'failed',
    error: { code: 'MODEL_REPLY_UNUSABLE', retryable: false },
  });
  expect((await suggestionOf(fine)).fields.alt_text).toBe('A red bus in front of a church');
  // A person may think otherwise, and try again.
  await sidecar.call('POST', `/v1/jobs/${empty}/retry`);
  expect((await suggestionOf(empty)).fields.alt_text).toBe('A red bus in front of a church');
});

test.each([
  ['wrong JSON', BEHAVIOUR.wrongJson],
  ['a failure', BEHAVIOUR.status(500)],
  ['a reset in the middle of the answer', BEHAVIOUR.resetsInTheMiddle],
  ['an answer that comes too late', BEHAVIOUR.keepsSilent],
])('after %s the job is tried again by itself', async (_what, behaviour) => {
  stub.next.push(behaviour);
  const job = await submit();
  expect((await suggestionOf(job)).fields.alt_text).toBe('A red bus in front of a church');
  expect((await jobOf(job)).attempts).toBe(2);
});

test('a server that has too much to do is waited for, and nothing is held against the job', async () => {
  stub.next.push(BEHAVIOUR.status(429), BEHAVIOUR.status(429));
  const job = await submit();
  await suggestionOf(job);
  expect(setbacksOf(job)).toEqual({ failures: 0, crashes: 0 });
});

test('while the server is away jobs wait, people are told why, and all is done when it is back', async () => {
  await stub.close();
  const jobs = [await submit(), await submit()];
  const picture = samplePng(999, { width: 64, height: 48 }).bytes;
  await waitFor('its absence to be told', async () => {
    const { ready, problems } = await status();
    return !ready && problems[0]?.code === 'MODEL_SERVER_UNREACHABLE';
  });
  // The truth about the bytes does not depend on whether the server is there at the moment.
  expect((await status()).bytes_also_go_to).toBe(stub.address);
  const refused = await sidecar.call('POST', '/v1/captions', picture);
  expect(refused).toMatchObject({
    status: 503,
    body: { error: { code: 'MODEL_SERVER_UNREACHABLE', retryable: true } },
  });
  // One may be tried again at this moment.
  await waitFor('both to wait', async () =>
    (await Promise.all(jobs.map(jobOf))).every((job) => job.state === 'waiting'),
  );
  await stub.open();
  for (const job of jobs) {
    await suggestionOf(job);
    expect(setbacksOf(job)).toEqual({ failures: 0, crashes: 0 });
  }
});

test('a picture that the server never gets done fails in the end; other jobs were done in between', async () => {
  const name = BEHAVIOUR.says('A calm lake');
  let bad: string | null = null;
  stub.usual = (response, asked) => {
    const picture = asked.body.messages[0].content[1].image_url.url;
    bad ??= picture;
    (picture === bad ? BEHAVIOUR.keepsSilent : name)(response, asked);
  };
  const [never, ...others] = [await submit(), await submit(), await submit()];
  for (const job of others) expect((await suggestionOf(job)).fields.alt_text).toBe('A calm lake');
  expect(await ended(never)).toMatchObject({ state: 'failed', error: { code: 'CAPTION_TIMEOUT' } });
});

test('neither the key nor the texts are in the log', () => {
  expect(sidecar.output).toContain('job ended');
  expect(sidecar.output).not.toContain(KEY);
  expect(sidecar.output).not.toContain('red bus');
});
