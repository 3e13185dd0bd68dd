import { setTimeout as pause } from 'node:timers/promises';
import { samplePng, type SampleImage } from '../sample-image';
import type { SidecarProcess } from '../sidecar-process';

/** What the clients were told, in the process that is never killed. */
export interface Ledger {
  /** Job id that was acknowledged, by subject. */
  readonly acknowledged: Map<string, string>;
  /** sha256 of each subject's picture. */
  readonly pictures: Map<string, string>;
  /** Requests that got no answer, or one that says "later", and were sent again. */
  repeats: number;
  /** Longest wait for an answer to a new job. */
  slowestMs: number;
  /** Every sentence here is a broken promise. */
  readonly broken: string[];
}

export interface ClientOptions {
  readonly count: number;
  /** Between two pictures of one client. */
  readonly pauseMs: number;
  readonly size: { readonly width: number; readonly height: number };
}

const AGAIN_MS = 50;

/** Clients that submit one picture after the other, each until it has been acknowledged, as the plugin does. */
export class Clients {
  readonly ledger: Ledger = { acknowledged: new Map(), pictures: new Map(), repeats: 0, slowestMs: 0, broken: [] };
  #next = 0;
  #isStopping = false;
  readonly #loops: Promise<void>[];

  constructor(
    private readonly sidecar: SidecarProcess,
    private readonly options: ClientOptions,
  ) {
    this.#loops = Array.from({ length: options.count }, () => this.#loop());
  }

  /** Every picture that was begun is acknowledged when this resolves. */
  async stop(): Promise<Ledger> {
    this.#isStopping = true;
    await Promise.all(this.#loops);
    return this.ledger;
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      this.#next += 1;
      await this.#submit(String(this.#next), samplePng(this.#next, this.options.size));
      await pause(this.options.pauseMs);
    }
  }

  async #submit(subject: string, image: SampleImage): Promise<void> {
    const { ledger } = this;
    ledger.pictures.set(subject, image.sha256);
    await this.#untilAnswered(() => this.sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes));
    const ask = async () => {
      const begin = performance.now();
      const answer = await this.sidecar.call(
        'POST',
        '/v1/jobs',
        { image_sha256: image.sha256, subject: { type: 'attachment', id: subject } },
        { 'idempotency-key': `subject-${subject}` },
      );
      ledger.slowestMs = Math.max(ledger.slowestMs, performance.now() - begin);
      return answer;
    };
    const { status, body } = await this.#untilAnswered(ask);
    if (status !== 200 && status !== 202) {
      // The bytes were acknowledged a moment ago: a picture that is unknown now has been lost.
      ledger.broken.push(`subject ${subject}: ${status} ${JSON.stringify(body)}`);
      return;
    }
    ledger.acknowledged.set(subject, body.job.id);
    // A client that lost the answer asks again under the same name, and must be told of the same job.
    const again = await this.#untilAnswered(ask);
    if (again.body?.job?.id !== body.job.id) ledger.broken.push(`subject ${subject}: another job when asked again`);
  }

  async #untilAnswered(ask: () => ReturnType<SidecarProcess['call']>): ReturnType<SidecarProcess['call']> {
    for (;;) {
      const answer = await ask().catch(() => null);
      if (answer !== null && answer.status !== 503 && answer.status !== 429) return answer;
      this.ledger.repeats += 1;
      await pause(AGAIN_MS);
    }
  }
}
