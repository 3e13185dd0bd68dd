import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Job, Priority } from '../../server/contract/job';
import { JobStore } from '../../server/queue/job-store';
import { LeaseStore } from '../../server/queue/lease-store';
import type { JobQueue } from '../../server/queue/queue';
import { SiteStore } from '../../server/sites/site-store';
import { openDatabase, type Storage } from '../../server/storage/database';
import { migrate } from '../../server/storage/migrate';

export const LEASE_MS = 60_000;

/** Makes the driver that is tested, on jobs that are in SQLite either way. */
export type QueueMaker = (leases: LeaseStore, bench: QueueBench) => JobQueue;

/** A real database with two sites, a clock that the test moves, and the queue under test. */
export class QueueBench {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-queue-'));
  readonly ended: string[] = [];
  readonly siteA: string;
  readonly siteB: string;
  storage: Storage;
  leases: LeaseStore;
  queue: JobQueue;
  #now = Date.now();
  #subjects = 0;

  constructor(private readonly make: QueueMaker) {
    this.storage = openDatabase(path.join(this.folder, 'altsmith.db'));
    migrate(this.storage);
    const sites = new SiteStore(this.storage);
    this.siteA = sites.create('a').id;
    this.siteB = sites.create('b').id;
    this.leases = this.#leaseStore();
    this.queue = this.make(this.leases, this);
  }

  static async start(make: QueueMaker): Promise<QueueBench> {
    const bench = new QueueBench(make);
    await bench.queue.start();
    return bench;
  }

  readonly now = (): number => this.#now;

  advance(ms: number): void {
    this.#now += ms;
  }

  jobs(siteId = this.siteA): JobStore {
    return new JobStore(this.storage, siteId, { ends: this.#ends(), now: this.now, seen: null });
  }

  /** A committed job that nobody has been told of. */
  add({
    site = this.siteA,
    priority = 'upload',
    runId = null,
  }: { site?: string; priority?: Priority; runId?: string | null } = {}): Job {
    this.#subjects += 1;
    return this.jobs(site).add({
      instance: 0,
      subject: { type: 'attachment', id: String(this.#subjects) },
      imageSha256: 'a'.repeat(64),
      sourceSha256: 'a'.repeat(64),
      language: 'en',
      modelId: 'fake',
      runId,
      priority,
      work: { fields: ['alt_text'], context: null, locale: 'en', current: null },
    });
  }

  /** A committed job whose bell has rung. */
  addAndRing(options: Parameters<QueueBench['add']>[0] = {}): Job {
    const job = this.add(options);
    this.queue.ring(job.id);
    return job;
  }

  /** Closes everything and opens the same file again, as a new process would. */
  async restart(): Promise<void> {
    await this.queue.stop();
    this.storage.close();
    this.storage = openDatabase(path.join(this.folder, 'altsmith.db'));
    this.leases = this.#leaseStore();
    this.queue = this.make(this.leases, this);
    await this.queue.start();
  }

  async remove(): Promise<void> {
    await this.queue.stop();
    this.storage.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #leaseStore(): LeaseStore {
    return new LeaseStore(this.storage, { ends: this.#ends(), leaseMs: LEASE_MS, now: this.now, random: () => 1 });
  }

  #ends() {
    return {
      failed: (_site: string, id: string) => this.ended.push(`failed ${id}`),
      cancelled: (_site: string, id: string) => this.ended.push(`cancelled ${id}`),
    };
  }
}
