import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { WorkerHealth } from '../../server/remote-worker/health-server';
import { freePort } from './free-port';
import { waitFor } from './wait-for';

const ROOT = path.resolve(__dirname, '../..');

/** A worker with a stand-in for its engine: a file of tests/support/quick-engine. */
export function quickWorker(kind: string): readonly string[] {
  return ['remote', kind].map((file) => path.join(ROOT, `tests/support/quick-engine/${file}.cjs`));
}

/** `altsmith worker` as a process of its own, with a data folder and a health port of its own. */
export class WorkerProcess {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-worker-'));
  readonly #child: ChildProcess;
  #output = '';

  private constructor(
    private readonly port: number,
    name: string,
    private readonly env: Readonly<Record<string, string>>,
    program: readonly string[] = ['server/cli/index.js', 'worker', '--name', name, '--port', String(port)],
  ) {
    this.#child = spawn(process.execPath, [...program], {
      cwd: ROOT,
      env: {
        ...process.env,
        ALTSMITH_DATA_DIR: this.#folder,
        ALTSMITH_MODEL: 'mini',
        NAME: name,
        PORT: String(port),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output += String(chunk)));
    }
  }

  /** A worker that has loaded its model and asks for work. */
  static async start(
    name: string,
    sidecar: { url: string; key: string; env?: Record<string, string>; program?: readonly string[]; isReady?: boolean },
  ): Promise<WorkerProcess> {
    const env = { ALTSMITH_WORKER_API: sidecar.url, ALTSMITH_WORKER_KEY: sidecar.key, ...sidecar.env };
    const worker = new WorkerProcess(await freePort(), name, env, sidecar.program);
    if (sidecar.isReady === false) return worker;
    await waitFor(
      'the worker to be ready',
      async () => {
        if (worker.#child.exitCode !== null) throw new Error(worker.output);
        return (await fetch(`http://127.0.0.1:${worker.port}/readyz`)).ok;
      },
      { timeoutMs: 60_000 },
    );
    return worker;
  }

  /** What its health port says to whoever has the worker's key. */
  async health(): Promise<WorkerHealth> {
    const headers = { authorization: `Bearer ${this.env['ALTSMITH_WORKER_KEY'] ?? ''}` };
    return (await (await this.ask('/readyz', headers)).json()) as WorkerHealth;
  }

  /** An answer of its health port. */
  ask(route: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${route}`, { headers });
  }

  get output(): string {
    return this.#output;
  }

  /** How many jobs it says it has done. */
  get jobsDone(): number {
    return this.#output.split('"job done"').length - 1;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGCONT');
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
