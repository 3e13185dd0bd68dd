import { spawnSync, type StdioOptions } from 'node:child_process';
import { closeSync, openSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { samplePng } from '../../support/sample-image';
import { QUICK_SERVE, SidecarProcess } from '../../support/sidecar-process';
import { SmallDisk, testWithDisk } from '../../support/small-disk';
import { waitFor } from '../../support/wait-for';

const disk = SmallDisk.forFile(64);
const LEASE_SECONDS = 2;
/** The sweeper looks once a second, and first when the lease is over. */
const FIVE_LEASES = LEASE_SECONDS * 5;

let sidecar: SidecarProcess;
beforeAll(async () => {
  if (disk === null) return;
  const ALTSMITH_DATA_DIR = path.join(disk.folder, 'data');
  const env = { ALTSMITH_DATA_DIR, ALTSMITH_LEASE_SECONDS: String(LEASE_SECONDS), ALTSMITH_WORKERS: '1' };
  sidecar = await SidecarProcess.start(env, QUICK_SERVE);
});
afterAll(async () => {
  if (disk === null) return;
  await sidecar.stop();
  disk.remove();
});

const statusOf = async (route: string) => (await fetch(sidecar.url + route)).status;
const timesTold = (line: string) => sidecar.output.split(line).length - 1;

/** Fills the disk, and then the pages that the database still had. */
async function fill(): Promise<() => void> {
  const giveBack = disk!.fill();
  await waitFor('the database to be full', async () => {
    const { status } = await sidecar.call('POST', '/v1/runs', { name: 'x'.repeat(200) });
    return status === 503;
  });
  return giveBack;
}

test('log lines that cannot be written end nothing', () => {
  const program = `
    const { createLogger } = require('./build/server/logger.js');
    const logger = createLogger('info');
    for (let line = 0; line < 5; line += 1) logger.info('job started');
    setTimeout(() => { logger.error('still here'); console.log('alive'); }, 50);
  `;
  const full = openSync('/dev/full', 'w');
  const stdio: StdioOptions = ['ignore', 'pipe', full];
  const { status, stdout } = spawnSync(process.execPath, ['-e', program], { stdio, encoding: 'utf8' });
  closeSync(full);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'alive\n' });
});

testWithDisk(
  'a disk that stays full for five leases, with a job under way, ends nothing; then everything goes on',
  async () => {
    const { pid } = sidecar;
    const image = samplePng(1);
    await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
    const [worker] = sidecar.workerPids;
    process.kill(worker!, 'SIGSTOP');
    const subject = { type: 'attachment', id: '1' };
    const { body } = await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
    const jobOf = async () => (await sidecar.call('GET', `/v1/jobs/${body.job.id}`)).body.job;
    await waitFor('the job to run', async () => (await jobOf()).state === 'running');
    const giveBack = await fill();

    await waitFor('five leases to be over', () => timesTold('leases not swept') >= FIVE_LEASES - LEASE_SECONDS, {
      timeoutMs: 30_000,
    });
    expect(sidecar.pid).toBe(pid);
    expect(await statusOf('/livez')).toBe(200);
    expect(await statusOf('/readyz')).toBe(503);
    expect((await jobOf()).state).toBe('running');

    giveBack();
    process.kill(worker!, 'SIGCONT');
    await waitFor('the job to be done', async () => (await jobOf()).state === 'done');
    await sidecar.ready();
    expect(sidecar.pid).toBe(pid);
  },
  120_000,
);

testWithDisk(
  'a first start on a full disk says so, leaves no half of a database, and goes on once there is room',
  async () => {
    const small = SmallDisk.make(64);
    const giveBack = small.fill(150_000);
    const ALTSMITH_DATA_DIR = path.join(small.folder, 'data');
    const first = await SidecarProcess.create({ ALTSMITH_DATA_DIR, ALTSMITH_WORKERS: '1' }, QUICK_SERVE);
    const started = first.start();
    try {
      await waitFor('the full disk to be told', () =>
        first.output.includes('the disk is full; the start goes on later'),
      );
      // Between two tries.
      await waitFor(
        'nothing half-made',
        () => !readdirSync(ALTSMITH_DATA_DIR).some((name) => name.startsWith('altsmith.db')),
      );
      giveBack();
      await started;
      expect(first.output).not.toContain('database is being prepared');
    } finally {
      await first.stop();
      small.remove();
    }
  },
);
