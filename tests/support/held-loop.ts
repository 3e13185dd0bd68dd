import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Route } from '../../server/http/route';
import { makeKey } from './admin-key';
import { sendRaw } from './http-request';
import { samplePng } from './sample-image';
import { QUICK_SERVE, SidecarProcess } from './sidecar-process';
import { bodiesFor, HEADERS, QUERIES } from './slow-inputs';
import { waitFor } from './wait-for';

const METER = path.resolve(__dirname, 'loop-meter.cjs');

/** A sidecar whose event loop is watched while it is sent what parsers and patterns are slow at. */
export class WatchedSidecar {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-meter-'));
  readonly #keys = new Map<string, string>();
  readonly #id = samplePng(1).sha256;
  #sidecar: SidecarProcess | null = null;
  #measurements = 0;

  async start(): Promise<void> {
    const env = { ALTSMITH_TEST_METER: this.#meter, ALTSMITH_LOG_LEVEL: 'silent' };
    const sidecar = await SidecarProcess.start(env, ['-r', METER, ...QUICK_SERVE]);
    this.#sidecar = sidecar;
    for (const scope of ['admin', 'worker'] as const) this.#keys.set(scope, makeKey(sidecar.dataDir, scope));
    this.#keys.set('site', sidecar.key);
    await sidecar.call('PUT', `/v1/images/${this.#id}`, samplePng(1).bytes);
  }

  async remove(): Promise<void> {
    await this.#sidecar?.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Sends a route everything; gives the longest turns, in ms of processor time, and what was sent then. */
  async longestTurns(route: Route, mostBytes: number): Promise<{ sent: string; ms: number }[]> {
    const turns: { sent: string; ms: number }[] = [];
    const measure = async (sent: string, work: Promise<unknown>) => {
      // A connection that is cut off before the whole body is there is an answer, too.
      await work.catch(() => undefined);
      turns.push({ sent, ms: this.#longest().ms });
    };
    const takesBody = route.bodyKind !== undefined && route.bodyKind !== 'none';
    const small = takesBody ? Buffer.from('{}') : null;
    const target = this.#path(route, this.#id);
    // The first request of a kind compiles and fills caches.
    await this.#send(route, target, {}, small).catch(() => undefined);
    await this.#measureAnew();
    if (takesBody) {
      for (const body of bodiesFor(route, mostBytes)) {
        const sent = `${body.toString('latin1', 0, 30)}… ${body.length} bytes`;
        await measure(sent, this.#send(route, target, { 'content-type': 'application/json' }, body));
      }
    }
    for (const query of QUERIES) await measure(query.slice(0, 30), this.#send(route, `${target}?${query}`, {}, null));
    for (const headers of HEADERS) {
      await measure(JSON.stringify(headers).slice(0, 50), this.#send(route, target, headers, small));
    }
    await measure('a long path', this.#send(route, this.#path(route, '%61'.repeat(4000)), {}, null));
    return turns;
  }

  get #meter(): string {
    return path.join(this.#folder, 'longest');
  }

  #longest(): { measurement: number; ms: number } {
    const [measurement, ms] = readFileSync(this.#meter, 'utf8').trim().split(' ').map(Number);
    return { measurement: measurement ?? 0, ms: ms ?? 0 };
  }

  async #measureAnew(): Promise<void> {
    this.#measurements += 1;
    process.kill(this.#sidecar?.pid ?? 0, 'SIGUSR2');
    await waitFor('the meter to begin anew', () => this.#longest().measurement === this.#measurements, { everyMs: 5 });
  }

  #path(route: Route, id: string): string {
    return route.path.replace(/\{\*?\w+\}/g, () => id);
  }

  #send(route: Route, target: string, headers: Record<string, string>, body: Buffer | null) {
    const key = this.#keys.get(route.access) ?? this.#keys.get('site') ?? '';
    return sendRaw(this.#sidecar?.url ?? '', {
      method: route.method.toUpperCase(),
      path: target,
      headers: { authorization: `Bearer ${key}`, ...headers },
      body,
    });
  }
}

/** Longest CPU time in milliseconds that one request may hold the event loop. */
export const MOST_TURN_MS = 100;
