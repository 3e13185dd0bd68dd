import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { samplePng } from '../../support/sample-image';
import { openIdle } from '../../support/raw-socket';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';

/** Files that the process may have open beyond those it has. */
const SPARE = 12;

test('a sidecar that may open no more files refuses with 503 or not at all, lives, and recovers', async () => {
  const sidecar = await SidecarProcess.start({ ALTSMITH_WORKERS: '1', ALTSMITH_THREADS: '1' });
  try {
    const { pid } = sidecar;
    const limit = (files: string) => execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}`]);
    const open = readdirSync(`/proc/${String(pid)}/fd`).length;
    limit(`${open + SPARE}:4096`);
    const put = async (seed: number) => {
      const image = samplePng(seed);
      const answer = await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
      return answer.status;
    };
    const crowd = await Promise.allSettled(Array.from({ length: 60 }, () => openIdle(sidecar.url)));
    const answers = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => put(100 + at)));
    for (const answer of answers) if (answer.status === 'fulfilled') expect([200, 201, 503]).toContain(answer.value);
    // The limit was felt.
    expect(answers.some((answer) => answer.status === 'rejected' || answer.value === 503)).toBe(true);
    expect(sidecar.pid).toBe(pid);
    for (const one of crowd) if (one.status === 'fulfilled') one.value.destroy();
    limit('4096:4096');
    await waitFor('the sidecar to take pictures again', async () => (await put(7)) < 300);
    const image = samplePng(7);
    const subject = { type: 'attachment', id: '7' };
    const { body } = await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
    expect((await sidecar.call('GET', `/v1/jobs/${String(body.job.id)}?wait=20`)).body.job.state).toBe('done');
    expect(sidecar.pid).toBe(pid);
  } finally {
    await sidecar.remove();
  }
}, 120_000);
