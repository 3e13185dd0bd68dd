import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from './wait-for';

/** A sidecar of whichever kind. */
interface Sidecar {
  call(method: string, route: string, body?: unknown): Promise<{ status: number; body: any }>;
}

const PHOTOGRAPHS = path.resolve(__dirname, '../fixtures/images');

/** Sends a photograph as a CMS would, and gives the job's id. */
export async function askFor(sidecar: Sidecar, photograph: string, subjectId: string): Promise<string> {
  return askForBytes(sidecar, readFileSync(path.join(PHOTOGRAPHS, photograph)), subjectId);
}

export async function askForBytes(sidecar: Sidecar, bytes: Buffer, subjectId: string): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const stored = await sidecar.call('PUT', `/v1/images/${sha256}`, bytes);
  if (stored.status > 201) throw new Error(`PUT image: ${JSON.stringify(stored.body)}`);
  const subject = { type: 'attachment', id: subjectId };
  const { status, body } = await sidecar.call('POST', '/v1/jobs', { image_sha256: sha256, subject });
  if (status > 202) throw new Error(`POST job: ${JSON.stringify(body)}`);
  return body.job.id;
}

export async function whenEnded(sidecar: Sidecar, jobId: string): Promise<any> {
  return waitFor('the job to end', async () => {
    const { body } = await sidecar.call('GET', `/v1/jobs/${jobId}?wait=10`);
    return ['done', 'failed'].includes(body.job.state) && body.job;
  });
}

/** The suggestion for a subject, as the API has it now. */
export async function suggestionOf(sidecar: Sidecar, subjectId: string): Promise<any> {
  for (const state of ['pending', 'approved', 'rejected', 'decorative']) {
    const { body } = await sidecar.call('GET', `/v1/suggestions?state=${state}&limit=200`);
    const found = body.items.find((one: { subject: { id: string } }) => one.subject.id === subjectId);
    if (found !== undefined) return found;
  }
  throw new Error(`there is no suggestion for ${subjectId}`);
}
