import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port';
import { waitFor } from './wait-for';

const ROOT = path.resolve(__dirname, '../..');

/** The sidecar, as arguments of node. */
export const SERVE: readonly string[] = [path.join(ROOT, 'server/cli/index.js'), 'serve'];

/** The sidecar with fast stand-ins for its worker processes; see the files there. */
export const QUICK_SERVE: readonly string[] = ['serve', 'worker-30ms'].map((name) =>
  path.join(ROOT, `tests/support/quick-engine/${name}.cjs`),
);

/** The real sidecar with the model `mini`, as a process of its own, on a free port, with a data folder of its own. */
export class SidecarProcess {
  readonly url: string;
  readonly dataDir: string;
  #child: ChildProcess | null = null;
  #output = '';
  /** The installation that `call` speaks for; null: a client that names none, which sees no installation's jobs. */
  instance: string | null = null;

  private constructor(
    private readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
    private readonly program: readonly string[],
  ) {
    this.url = `http://127.0.0.1:${port}`;
    this.dataDir = env['ALTSMITH_DATA_DIR'] ?? mkdtempSync(path.join(os.tmpdir(), 'altsmith-sidecar-'));
  }

  /** A sidecar that is ready to caption. `env` adds settings; `program` is what runs instead of `altsmith serve`. */
  static async start(
    env: Readonly<Record<string, string>> = {},
    program: readonly string[] = SERVE,
  ): Promise<SidecarProcess> {
    const sidecar = await SidecarProcess.create(env, program);
    await sidecar.start();
    return sidecar;
  }

  /** One that has not been started yet. */
  static async create(
    env: Readonly<Record<string, string>> = {},
    program: readonly string[] = SERVE,
  ): Promise<SidecarProcess> {
    return new SidecarProcess(await freePort(), env, program);
  }

  /** Starts it (again) on the same port and data, and waits until `/readyz` says yes. */
  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  /** Starts the process and does not wait for anything. */
  launch(): void {
    const child = spawn(process.execPath, [...this.program], {
      cwd: ROOT,
      env: {
        ...process.env,
        ALTSMITH_PORT: String(this.port),
        ALTSMITH_DATA_DIR: this.dataDir,
        ALTSMITH_MODEL: 'mini',
        ALTSMITH_LOG_LEVEL: 'info',
        // The tests' pictures are noise, in which Tesseract looks for words for seconds; words-in-pictures.test.ts turns it on.
        ALTSMITH_READ_WORDS: 'off',
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#output += String(chunk)));
  }

  /** Resolves once `/readyz` says yes. */
  async ready(timeoutMs = 180_000): Promise<void> {
    const child = this.#child;
    await waitFor(
      'the sidecar to be ready',
      async () => {
        if (child === null || child.exitCode !== null) return 'ended';
        return (await fetch(`${this.url}/readyz`)).ok ? 'ready' : null;
      },
      { timeoutMs, everyMs: 30 },
    ).then(
      (state) => {
        if (state === 'ended') throw new Error(`the sidecar ended with ${String(child?.exitCode)}:\n${this.output}`);
      },
      (error: unknown) => {
        throw new Error(`the sidecar did not get ready:\n${this.output}`, { cause: error });
      },
    );
  }

  /** The process that serves HTTP; null once it has ended. */
  get pid(): number | null {
    const child = this.#child;
    return child === null || child.exitCode !== null || child.signalCode !== null ? null : (child.pid ?? null);
  }

  /** Everything it has written so far. */
  get output(): string {
    return this.#output;
  }

  /** The site key that it made on its first start. */
  get key(): string {
    return readFileSync(path.join(this.dataDir, 'first-key.txt'), 'utf8').trim().split('\n').at(-1) ?? '';
  }

  /** One call of the HTTP API with the site key. */
  async call(
    method: string,
    route: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; body: any }> {
    const bytes = Buffer.isBuffer(body) ? new Uint8Array(body) : null;
    const answer = await fetch(this.url + route, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(this.instance === null ? {} : { 'altsmith-instance': this.instance }),
        ...(body === undefined ? {} : { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: bytes ?? JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** Ends the process and waits for it; gives the exit code, null when a signal ended it. SIGKILL is the power cut. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return ended;
  }

  /** Process ids of its workers. */
  get workerPids(): number[] {
    const { pid } = this;
    if (pid === null) return [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? [] : children.split(' ').map(Number);
  }

  /** A power cut, and then a new and empty data folder at the same address: everything is gone, its key too. */
  async loseData(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.dataDir, { recursive: true, force: true });
    mkdirSync(this.dataDir);
    await this.start();
  }

  /** Ends the process and deletes its data. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
