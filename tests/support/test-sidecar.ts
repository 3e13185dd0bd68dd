import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { readConfig } from '../../server/config';
import type { HttpLimits } from '../../server/http/server';
import { startSidecar, type Sidecar } from '../../server/main';
import { FakeEngine } from './fake-engine';
import type { SampleImage } from './sample-image';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

export interface CallOptions {
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Of the build: a process cannot run the sources. */
const TRANSLATOR = path.resolve(__dirname, '../../build/server/translating/worker-process.js');

/** The real service in this process, on a free port and a data folder of its own; only the model is a stand-in. */
export class TestSidecar {
  readonly key: string;

  private constructor(
    private readonly sidecar: Sidecar,
    readonly engine: FakeEngine,
    readonly dataDir: string,
    readonly logLines: string[],
  ) {
    this.key = readFileSync(path.join(dataDir, 'first-key.txt'), 'utf8').trim().split('\n').at(-1) ?? '';
  }

  static async start({
    engine = new FakeEngine(),
    env = {},
    limits = {},
    dataDir = mkdtempSync(path.join(os.tmpdir(), 'altsmith-test-')),
  }: {
    engine?: FakeEngine;
    env?: Readonly<Record<string, string>>;
    limits?: Partial<HttpLimits>;
    dataDir?: string;
  } = {}): Promise<TestSidecar> {
    const config = readConfig({ ALTSMITH_PORT: '0', ALTSMITH_DATA_DIR: dataDir, ...env });
    const logLines: string[] = [];
    const logger = pino({ level: 'trace' }, { write: (line: string) => logLines.push(line) });
    const sidecar = await startSidecar(config, { engine, logger, limits, translatorFile: TRANSLATOR });
    return new TestSidecar(sidecar, engine, dataDir, logLines);
  }

  get url(): string {
    return this.sidecar.url;
  }

  /** One call of the HTTP API; an object is sent as JSON, bytes as they are. */
  async call(method: string, route: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    const isRaw = body instanceof Uint8Array || typeof body === 'string';
    const key = options.key === undefined ? this.key : options.key;
    const answer = await fetch(this.url + route, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': isRaw ? 'application/octet-stream' : 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? new Uint8Array(Buffer.from(body)) : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: answer.status, headers: answer.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
  }

  putImage(image: SampleImage, options: CallOptions = {}): Promise<Answer> {
    return this.call('PUT', `/v1/images/${image.sha256}`, image.bytes, options);
  }

  /** Stores the picture and asks for a suggestion. */
  async submit(image: SampleImage, subjectId: string, more: object = {}): Promise<Answer> {
    await this.putImage(image);
    return this.call('POST', '/v1/jobs', {
      image_sha256: image.sha256,
      subject: { type: 'attachment', id: subjectId },
      ...more,
    });
  }

  /** Like `submit`, and waits for the suggestion. */
  async suggest(image: SampleImage, subjectId: string, more: object = {}): Promise<any> {
    const { body } = await this.submit(image, subjectId, more);
    const { body: done } = await this.call('GET', `/v1/jobs/${body.job.id}?wait=20`);
    if (done.job.state !== 'done') throw new Error(`the job ended as ${JSON.stringify(done.job)}`);
    return (await this.call('GET', `/v1/suggestions/${done.job.suggestion_id}`)).body.suggestion;
  }

  stop(): Promise<void> {
    return this.sidecar.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
