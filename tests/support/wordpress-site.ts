import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port';

const ROOT = path.resolve(__dirname, '../..');
const SCRIPT = path.join(ROOT, 'tests/e2e/wordpress/wp-env.sh');
const execute = promisify(execFile);

export interface SiteOptions {
  /** PHP constants for wp-config.php, such as the sidecar's address and key. */
  readonly constants?: Readonly<Record<string, string>>;
  /** Whether WordPress runs its own cron on page views, as it does out of the box. */
  readonly cron?: boolean;
  /** `npm:6.5` (the default) or another source that wp-env.sh knows. */
  readonly source?: string;
  /** A fixed port, for people; tests take a free one. */
  readonly port?: number;
  /** Whether the plugin is there. Default yes. */
  readonly plugin?: boolean;
}

/** A real WordPress on MariaDB with our plugin, served by PHP on a free port. */
export class WordPressSite {
  readonly url: string;
  readonly folder: string;

  private constructor(
    private readonly name: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.url = env['WP_URL'] ?? '';
    this.folder = path.join(env['WPENV_SITES'] ?? '', name);
  }

  static async start(options: SiteOptions = {}): Promise<WordPressSite> {
    const port = options.port ?? (await freePort());
    const sites = path.join(os.tmpdir(), 'altsmith-wp');
    const name = `site-${port}`;
    mkdirSync(path.join(sites, name), { recursive: true });
    const extra = path.join(sites, name, 'constants.php');
    const lines = Object.entries(options.constants ?? {}).map(
      ([constant, value]) => `define( ${JSON.stringify(constant)}, ${JSON.stringify(value).replaceAll('$', '\\$')} );`,
    );
    writeFileSync(extra, ['<?php', ...lines, ''].join('\n'));
    const env = {
      ...process.env,
      WPENV_SITES: sites,
      WP_PORT: String(port),
      WP_URL: `http://127.0.0.1:${port}`,
      WP_EXTRA: extra,
      WP_CRON: options.cron === false ? '0' : '1',
      WP_SOURCE: options.source ?? 'npm:6.5',
      ...(options.plugin === false
        ? {}
        : { PLUGIN_DIRS: path.join(ROOT, 'plugin'), WP_PLUGINS: 'altsmith/altsmith.php' }),
    };
    const site = new WordPressSite(name, env);
    try {
      await site.#script('up');
    } catch (error) {
      await site.remove();
      throw error;
    }
    return site;
  }

  async #script(command: string): Promise<void> {
    await execute('bash', [SCRIPT, command, this.name], { env: this.env, maxBuffer: 16e6, timeout: 240_000 });
  }

  /** Path of the unpacked WordPress. */
  get wordpress(): string {
    return path.join(this.folder, 'wp');
  }

  /** What `up` found out: versions, the administrator's name, password and application password. */
  get facts(): { wordpress: string; php: string; user: string; password: string; application_password: string } {
    return JSON.parse(readFileSync(path.join(this.folder, 'site.json'), 'utf8'));
  }

  /** WordPress's debug.log; empty when nothing was ever logged. */
  get debugLog(): string {
    const file = path.join(this.folder, 'run/debug.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** One REST call as the administrator. */
  async rest(method: string, route: string, body?: unknown): Promise<{ status: number; body: any }> {
    const { user, application_password: password } = this.facts;
    const answer = await fetch(`${this.url}/wp-json${route}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  }

  /** Puts a file into the library without a browser; gives the attachment's id. */
  async sideload(file: string, title: string): Promise<number> {
    const { stdout } = await this.php([
      path.join(ROOT, 'tests/e2e/wordpress/upload-media.php'),
      this.wordpress,
      file,
      title,
    ]);
    return JSON.parse(stdout).id;
  }

  /** Runs PHP with the site's settings; `['-r', code]` or a script with its arguments. */
  php(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
    return execute('php', ['-d', 'memory_limit=512M', ...args], { env: this.env, maxBuffer: 16e6, timeout: 120_000 });
  }

  /** Kills PHP in the middle of whatever it does: all workers of the web server at once, and starts it again. */
  async killRequests(): Promise<void> {
    const file = path.join(this.folder, 'run/php.pid');
    process.kill(-Number(readFileSync(file, 'utf8')), 'SIGKILL');
    // Where nothing reaps orphans the dead process still has its number, and would pass for a living one.
    rmSync(file);
    await this.#script('up');
  }

  /** A stranger looks at the front page: this is what makes WordPress run its cron. */
  async visit(): Promise<void> {
    await (await fetch(`${this.url}/`)).text();
  }

  /** Stops web server and database by their ids and deletes the site. */
  async remove(): Promise<void> {
    await this.#script('rm');
  }
}
