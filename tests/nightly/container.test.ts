import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ControlGroup, ticksOfThreads } from '../support/control-group';
import { prepareContainer } from '../support/pages/container-release';
import { caption } from '../support/pages/first-text';
import { OwnersMachine } from '../support/pages/machine';
import type { PageSession } from '../support/pages/session';
import { samplePng } from '../support/sample-image';
import { waitFor } from '../support/wait-for';

// The image is built once: two minutes on a busy machine.
jest.setTimeout(900_000);

const NAME = 'altsmith-of-the-tests';
const REDIS = 'docker.io/library/redis:7-alpine';
const PERIODS = 60;
const JOBS = 60;

let machine: OwnersMachine;
let owner: PageSession;
beforeAll(async () => {
  machine = await OwnersMachine.create();
  prepareContainer(machine);
  owner = machine.session();
  await owner.ask('docker build --tag localhost/altsmith --file Containerfile .');
});
afterAll(async () => {
  const last = machine.session();
  for (const command of [`docker rm --force ${NAME}`, 'docker compose --profile workers down --volumes'])
    await last.ask(`${command} || true`);
  await machine.remove();
});

const isReady = () => waitFor('ready', async () => (await fetch(`${machine.url}/readyz`)).ok, { timeoutMs: 120_000 });

/** A key as docs/install/container.md makes one. */
const newKey = () => `alt_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`;

/** One call of the sidecar's API; gives the body of its answer. */
async function call(key: string, method: string, route: string, body?: Uint8Array<ArrayBuffer> | object): Promise<any> {
  const isBytes = body instanceof Uint8Array;
  const type = isBytes ? 'application/octet-stream' : 'application/json';
  const answer = await fetch(`${machine.url}${route}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
  });
  return answer.json();
}

/** A job for each of `count` pictures; gives the numbers of their subjects. */
async function submit(key: string, count: number): Promise<number[]> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  for (const seed of numbers) {
    const image = samplePng(seed, { width: 400, height: 300 });
    await call(key, 'PUT', `/v1/images/${image.sha256}`, new Uint8Array(image.bytes));
    const subject = { type: 'attachment', id: String(seed) };
    await call(key, 'POST', '/v1/jobs', { image_sha256: image.sha256, subject });
  }
  return numbers;
}

/** Waits until nothing is left to do; gives the numbers of the subjects that have a suggestion. */
async function described(key: string): Promise<number[]> {
  const isEmpty = async () => {
    const { queue } = await call(key, 'GET', '/v1/status');
    return queue.waiting === 0 && queue.running === 0;
  };
  await waitFor('an empty queue', isEmpty, { timeoutMs: 180_000 });
  const { items } = await call(key, 'GET', '/v1/suggestions?limit=200');
  return items.map((item: any) => Number(item.subject.id)).sort((one: number, other: number) => one - other);
}

describe('with one processor and a gigabyte, a read-only root and no capability', () => {
  const key = newKey();
  let pid: number;

  beforeAll(async () => {
    const cage = '--read-only --tmpfs /tmp --cap-drop all --security-opt no-new-privileges';
    const settings = `--env ALTSMITH_FETCH=never --env ALTSMITH_INITIAL_KEY=${key}`;
    await owner.ask(
      `docker run --detach --name ${NAME} ${cage} --cpus 1 --memory 1g --publish 127.0.0.1:${machine.port}:8787 ${settings} localhost/altsmith`,
    );
    await isReady();
    pid = Number(await owner.ask(`docker inspect --format '{{.State.Pid}}' ${NAME}`));
  });

  test('it has what it was given, and nothing else', async () => {
    const group = ControlGroup.of(pid);
    expect([group.quotaUs, group.memoryBytes]).toEqual([100_000, 2 ** 30]);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    for (const name of ['CapEff', 'CapBnd']) expect(new RegExp(`^${name}:\\s*0+$`, 'm').test(status)).toBe(true);
    expect(status).toMatch(/^NoNewPrivs:\s*1$/m);
    expect(status).toMatch(/^Uid:\s*10001\s/m);
    await expect(owner.ask(`docker exec ${NAME} touch /opt/altsmith/mark`)).rejects.toThrow('Read-only file system');
  });

  test('one thread computes, and it is not held back', async () => {
    const group = ControlGroup.of(pid);
    expect(await caption(machine.url, key)).toContain('cat');
    const before = group.periods;
    // A period is 100 ms; a fast machine has done twenty captions in four of them, too few for a share of 5 %.
    let captions = 0;
    for (; group.periods.all - before.all < PERIODS; captions += 1) await caption(machine.url, key);
    const after = group.periods;
    const all = after.all - before.all;
    const throttled = after.throttled - before.throttled;
    const [most = 0, next = 0] = group.processes.map(ticksOfThreads).sort(([a = 0], [b = 0]) => b - a)[0] ?? [];
    process.stdout.write(
      `${captions} captions: held back in ${throttled} of ${all} periods; ticks of the two busiest threads: ${most}, ${next}\n`,
    );
    // The others collect garbage and compile.
    expect(next).toBeLessThan(most / 3);
    expect(throttled).toBeLessThanOrEqual(all / 20);
  });

  test('SIGTERM in the middle of its work ends it with 0, and each job is done once after the next start', async () => {
    const numbers = await submit(key, JOBS);
    await owner.ask(`docker stop --time 30 ${NAME}`);
    const ended = await owner.ask(`docker inspect --format '{{.State.ExitCode}} {{.State.OOMKilled}}' ${NAME}`);
    expect(ended).toBe('0 false');
    await owner.ask(`docker start ${NAME}`);
    await isReady();
    expect(await described(key)).toEqual(numbers);
    await owner.ask(`docker rm --force ${NAME}`);
  });
});

test('the profile with Redis and two workers: each of them does jobs, and each job is done once', async () => {
  const redis = 'mmdebstrap --quiet --variant=minbase --include=redis-server,redis-tools bookworm -';
  await owner.ask(`docker image exists ${REDIS} || ${redis} | docker import --quiet - ${REDIS}`);
  const site = newKey();
  const write = (name: string, text: string) => {
    writeFileSync(path.join(machine.work, name), text);
    chownSync(path.join(machine.work, name), 10_001, 10_001);
    chmodSync(path.join(machine.work, name), 0o400);
  };
  const make = async (scope: string) => {
    const said = await owner.ask(`docker compose exec -T sidecar altsmith keys create --scope ${scope} --json`);
    return (JSON.parse(said) as { key: string }).key;
  };
  write('site-key', site);
  await owner.ask('docker compose up --detach');
  await isReady();
  write('worker-key', await make('worker'));
  await owner.ask('ALTSMITH_QUEUE=bull docker compose --profile workers up --detach');
  await isReady();
  const admin = await make('admin');
  const workers = async (): Promise<{ name: string; pictures: number }[]> =>
    (await call(admin, 'GET', '/v1/workers')).items;
  const elsewhere = async () => (await workers()).filter(({ name }) => name !== 'local');
  await waitFor('two workers', async () => (await elsewhere()).length === 2, { timeoutMs: 180_000 });
  const numbers = await submit(site, JOBS);
  expect(await described(site)).toEqual(numbers);
  process.stdout.write(`pictures: ${(await workers()).map(({ pictures }) => pictures).join(', ')}\n`);
  expect((await elsewhere()).map(({ pictures }) => pictures > 0)).toEqual([true, true]);
  await owner.ask('docker compose --profile workers down --volumes');
});
