import path from 'node:path';
import type { Route } from '../../server/http/route';
import { makeKey } from './admin-key';
import { sendRaw } from './http-request';
import { LoopMeter } from './loop-meter';
import { samplePng } from './sample-image';
import { QUICK_SERVE, SidecarProcess } from './sidecar-process';
import { bodiesFor, HEADERS, QUERIES } from './slow-inputs';

const ROOT = path.resolve(__dirname, '../..');

/** A sidecar whose event loop is watched while it is sent what parsers and patterns are slow at. */
export class WatchedSidecar {
  readonly #meter = new LoopMeter();
  readonly #keys = new Map<string, string>();
  readonly #id = samplePng(1).sha256;
  #sidecar: SidecarProcess | null = null;

  async start(): Promise<void> {
    const env = { ...this.#meter.env, ALTSMITH_LOG_LEVEL: 'silent' };
    const sidecar = await SidecarProcess.start(env, [...LoopMeter.preload(ROOT), ...QUICK_SERVE]);
    this.#sidecar = sidecar;
    for (const scope of ['admin', 'worker'] as const) this.#keys.set(scope, makeKey(sidecar.dataDir, scope));
    this.#keys.set('site', sidecar.key);
    await sidecar.call('PUT', `/v1/images/${this.#id}`, samplePng(1).bytes);
  }

  async remove(): Promise<void> {
    await this.#sidecar?.remove();
    this.#meter.remove();
  }

  /** Sends a route everything; gives the longest turns, in ms of processor time, and what was sent then. */
  async longestTurns(route: Route, mostBytes: number): Promise<{ sent: string; ms: number }[]> {
    const turns: { sent: string; ms: number }[] = [];
    const measure = async (sent: string, work: Promise<unknown>) => {
      // A connection that is cut off before the whole body is there is an answer, too.
      await work.catch(() => undefined);
      turns.push({ sent, ms: this.#meter.longestMs });
    };
    const takesBody = route.bodyKind !== undefined && route.bodyKind !== 'none';
    const small = takesBody ? Buffer.from('{}') : null;
    const target = this.#path(route, this.#id);
    // The first request of a kind compiles and fills caches.
    await this.#send(route, target, {}, small).catch(() => undefined);
    await this.#meter.begin(this.#sidecar?.pid ?? null);
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
