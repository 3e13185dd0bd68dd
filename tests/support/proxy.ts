import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { request } from 'node:https';
import { waitFor } from './wait-for';

const EXAMPLES = path.resolve(__dirname, '../../docs/examples/proxies');
const MODULES = ['mpm_event', 'authz_core', 'ssl', 'socache_shmcb', 'proxy', 'proxy_http', 'headers'];

export const PROXIES = ['nginx', 'apache', 'caddy'] as const;
export type ProxyName = (typeof PROXIES)[number];

interface Ports {
  readonly proxy: number;
  readonly sidecar: number;
}

/** What stands around the example: no port but ours, every file in a folder of the test's own. */
const FRAMES: Readonly<Record<ProxyName, (folder: string, ports: Ports) => { text: string; command: string[] }>> = {
  nginx: (folder) => ({
    text: `daemon off;\npid ${folder}/pid;\nerror_log ${folder}/log;\nuser root;\nevents {}\nhttp {\n  access_log off;
  client_body_temp_path ${folder}/body;\n  proxy_temp_path ${folder}/proxied;\n  fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u;\n  scgi_temp_path ${folder}/s;\n  include ${folder}/example;\n}\n`,
    command: ['/usr/sbin/nginx', '-c', `${folder}/frame`, '-p', folder, '-e', `${folder}/log`],
  }),
  apache: (folder, { proxy }) => ({
    text: [
      `ServerRoot ${folder}`,
      `DefaultRuntimeDir ${folder}`,
      `PidFile ${folder}/pid`,
      `ErrorLog ${folder}/log`,
      'ServerName localhost',
      'User www-data\nGroup www-data',
      `Listen 127.0.0.1:${proxy}`,
      ...MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
      `Include ${folder}/example`,
      '',
    ].join('\n'),
    command: ['/usr/sbin/apache2', '-f', `${folder}/frame`, '-D', 'FOREGROUND'],
  }),
  caddy: (folder) => ({
    text: `{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n}\nimport ${folder}/example\n`,
    command: ['/usr/bin/caddy', 'run', '--config', `${folder}/frame`, '--adapter', 'caddyfile'],
  }),
};
const FILES: Readonly<Record<ProxyName, string>> = { nginx: 'nginx.conf', apache: 'apache.conf', caddy: 'Caddyfile' };

/** A real proxy with the configuration of the documents, TLS with a certificate of its own, at a path. */
export class Proxy {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-proxy-'));
  #child: ChildProcess | null = null;
  #output = '';

  constructor(
    private readonly name: ProxyName,
    private readonly port: number,
  ) {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const files = ['-keyout', this.#file('key'), '-out', this.certificate];
    const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', ...kind, ...files, ...subject], { stdio: 'pipe' });
  }

  /** The file that clients trust. */
  get certificate(): string {
    return this.#file('crt');
  }

  /** What ALTSMITH_PUBLIC_URL is. */
  get url(): string {
    return `https://localhost:${this.port}/altsmith`;
  }

  async start(sidecarPort: number): Promise<void> {
    const example = readFileSync(path.join(EXAMPLES, FILES[this.name]), 'utf8')
      .replaceAll('/etc/ssl/example.crt', this.certificate)
      .replaceAll('/etc/ssl/example.key', this.#file('key'))
      .replaceAll('127.0.0.1:8787', `127.0.0.1:${sidecarPort}`)
      .replaceAll('https://www.example.com {', `https://localhost:${this.port} {`)
      .replaceAll('www.example.com', 'localhost')
      .replace('listen 443 ssl', `listen 127.0.0.1:${this.port} ssl`)
      .replace('<VirtualHost *:443>', `<VirtualHost 127.0.0.1:${this.port}>`);
    writeFileSync(this.#file('example'), example);
    const { text, command } = FRAMES[this.name](this.#folder, { proxy: this.port, sidecar: sidecarPort });
    writeFileSync(this.#file('frame'), text);
    for (const name of ['home']) mkdirSync(this.#file(name));
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      env: {
        ...process.env,
        HOME: this.#file('home'),
        XDG_DATA_HOME: this.#file('home'),
        XDG_CONFIG_HOME: this.#file('home'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#output += String(chunk)));
    await waitFor(`${this.name} to answer`, async () => (await this.call('GET', '/livez')).status === 200).catch(
      (error: unknown) => {
        throw new Error(this.#output, { cause: error });
      },
    );
  }

  /** One request through the proxy; `onData` hears pieces as they come. */
  call(
    method: string,
    route: string,
    { key, body, onData }: { key?: string; body?: Buffer | string; onData?: (text: string) => void } = {},
  ): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
      };
      const options = { method, headers, ca: readFileSync(this.certificate), agent: false } as const;
      const call = request(this.url + route, options, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => {
          text += String(chunk);
          onData?.(text);
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
        answer.on('error', reject);
      });
      call.on('error', reject);
      call.end(body);
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child !== null && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }
}
