import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port';
import type { TlsCertificate } from './tls-certificate';
import { waitFor } from './wait-for';

/** Debian's redis-server on a free port, with a folder of its own, ended by its process id. */
export class RedisServer {
  readonly url: string;
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-redis-'));
  #child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly tlsPort: number | null,
    private readonly args: readonly string[],
  ) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** With a certificate it speaks TLS too, on a port of its own. */
  static async start(args: readonly string[] = [], certificate: TlsCertificate | null = null): Promise<RedisServer> {
    const server = await RedisServer.prepare(args, certificate);
    await server.start();
    return server;
  }

  /** Only the address; nothing listens there until `start`. */
  static async prepare(args: readonly string[] = [], certificate: TlsCertificate | null = null): Promise<RedisServer> {
    if (certificate === null) return new RedisServer(await freePort(), null, args);
    const tlsPort = await freePort();
    const { file, keyFile } = certificate;
    const tls = `--tls-port ${tlsPort} --tls-cert-file ${file} --tls-key-file ${keyFile} --tls-ca-cert-file ${file} --tls-auth-clients no`;
    return new RedisServer(await freePort(), tlsPort, [...tls.split(' '), ...args]);
  }

  get tlsUrl(): string {
    return `rediss://127.0.0.1:${String(this.tlsPort)}`;
  }

  async start(): Promise<void> {
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--save', ''];
    this.#child = spawn('redis-server', [...own, ...this.args], { stdio: 'ignore' });
    await waitFor('redis to answer', async () => (await this.command('PING')) === '+PONG');
  }

  /** First line of Redis's answer to one command. */
  command(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(this.port, '127.0.0.1', () => socket.write(`${line}\r\n`));
      socket.once('error', reject);
      socket.once('data', (data) => {
        socket.destroy();
        resolve(String(data).split('\r\n')[0] ?? '');
      });
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // A frozen process takes no other signal than this one.
    child.kill('SIGCONT');
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
