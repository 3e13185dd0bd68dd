import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port';
import { waitFor } from './wait-for';

const ROOT = path.resolve(__dirname, '../..');
const SCRIPT = path.join(ROOT, 'tests/e2e/wordpress/wp-env.sh');
const execute = promisify(execFile);
/** Folder of a site that keeps WordPress as PHP compiled it: a process that finds it there takes half the processor time to start. */
const COMPILED = 'compiled';

export interface SiteOptions {
  /** PHP constants for wp-config.php, such as the sidecar's address and key. */
  readonly constants?: Readonly<Record<string, string>>;
  /** Whether WordPress runs its own cron on page views, as it does out of the box. */
  readonly cron?: boolean;
  /** A source that wp-env.sh knows. Default `npm:6.5`, or what ALTSMITH_TEST_WORDPRESS says. */
  readonly source?: string;
  /** How the browser calls it. Default 127.0.0.1; at `localhost` WordPress 7.1 lets the browser make the sub-sizes. */
  readonly host?: 'localhost';
  /** Whether every request is written down; see `requests`. */
  readonly requestLog?: boolean;
  /** A fixed port, for people; tests take a free one. */
  readonly port?: number;
  /** Whether the plugin is there. Default yes. */
  readonly plugin?: boolean;
  /** What WordPress Playground has; otherwise MariaDB. */
  readonly database?: 'sqlite';
}

/** What mu-plugins/request-log.php writes down of one request. Times are milliseconds. */
export interface LoggedRequest {
  readonly request: string;
  /** Whether our plugin was switched off for it. */
  readonly off: boolean;
  /** Loading the plugin; all its callbacks; what it did at the very end, when the answer was complete. */
  readonly boot_ms: number;
  readonly hooks_ms: number;
  readonly after_ms: number;
  /** Of the last two: the time in which a processor really worked for it, and its questions to the database. */
  readonly cpu_ms: number;
  readonly queries: number;
  readonly total_ms: number;
  readonly memory_mb: number;
  readonly http: readonly string[];
  /** Hook, attachment, context. */
  readonly uploads: readonly (readonly [string, number, string])[];
}

/**
 * WordPress keeps all events of its cron in one option. Of two requests that take the same one of its own out of it, on a busy
 * machine, the slower one finds nothing left to change, and WordPress writes that down.
 */
const CRON_RACE = /^.* Cron (re|un)schedule event error for hook: (?!altsmith)\w+, Error code: could_not_set,.*\n/gm;

/** A real WordPress with our plugin, served by PHP on a free port. */
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
    mkdirSync(path.join(sites, name, COMPILED), { recursive: true });
    const extra = path.join(sites, name, 'constants.php');
    const log = options.requestLog === true ? { REQUEST_LOG: path.join(sites, name, 'requests.jsonl') } : {};
    const lines = Object.entries({ ...options.constants, ...log }).map(
      ([constant, value]) => `define( ${JSON.stringify(constant)}, ${JSON.stringify(value).replaceAll('$', '\\$')} );`,
    );
    writeFileSync(extra, ['<?php', ...lines, ''].join('\n'));
    const env = {
      ...process.env,
      WPENV_SITES: sites,
      WP_PORT: String(port),
      WP_URL: `http://${options.host ?? '127.0.0.1'}:${port}`,
      WP_EXTRA: extra,
      WP_CRON: options.cron === false ? '0' : '1',
      WP_DB: options.database ?? 'mariadb',
      WP_SOURCE: options.source ?? process.env['ALTSMITH_TEST_WORDPRESS'] ?? 'npm:6.5',
      // Set even where empty: a value from the shell would link this folder into the site, and a test deletes the plugin there.
      ...(options.plugin === false
        ? { PLUGIN_DIRS: '', WP_PLUGINS: '' }
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

  /** WordPress's debug.log; empty when nothing was ever logged but what WordPress's cron says of itself. */
  get debugLog(): string {
    const file = path.join(this.folder, 'run/debug.log');
    return existsSync(file) ? readFileSync(file, 'utf8').replace(CRON_RACE, '') : '';
  }

  /** What PHP or WordPress complained about so far. `ignoring` is for complaints of WordPress about itself. */
  complaints(ignoring?: RegExp): string[] {
    return this.debugLog.split('\n').filter((line) => line !== '' && ignoring?.test(line) !== true);
  }

  /** Every request that has ended so far, with `requestLog`. */
  get requests(): readonly LoggedRequest[] {
    const file = path.join(this.folder, 'requests.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  }

  /** Proves to WordPress's REST API that the administrator is asking. */
  get authorization(): string {
    const { user, application_password: password } = this.facts;
    return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  /** One REST call as the administrator. */
  async rest(method: string, route: string, body?: unknown): Promise<{ status: number; body: any }> {
    const answer = await fetch(`${this.url}/wp-json${route}`, {
      method,
      headers: {
        authorization: this.authorization,
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

  /** Runs PHP with the site's settings; `['-r', code]` or a script with its arguments. It is killed after `limitMs`. */
  php(args: readonly string[], limitMs = 120_000): Promise<{ stdout: string; stderr: string }> {
    const settings = {
      memory_limit: '512M',
      'opcache.enable_cli': '1',
      'opcache.file_cache': path.join(this.folder, COMPILED),
      'opcache.file_cache_only': '1',
    };
    const words = Object.entries(settings).flatMap(([name, value]) => ['-d', `${name}=${value}`]);
    return execute('php', [...words, ...args], { env: this.env, maxBuffer: 16e6, timeout: limitMs });
  }

  /** Runs PHP code inside WordPress and gives what it returns. `$wpdb` is there. */
  async inWordPress(code: string, limitMs?: number): Promise<any> {
    const load = `$_SERVER['HTTP_HOST'] = '127.0.0.1'; require '${this.wordpress}/wp-load.php'; global $wpdb;`;
    const run = `${load} echo json_encode( ( function () use ( $wpdb ) { ${code} } )() );`;
    const { stdout } = await this.php(['-r', run], limitMs);
    return JSON.parse(stdout);
  }

  /** The name by which the plugin of this site speaks to the sidecar. */
  instance(): Promise<string> {
    return this.inWordPress('return ( new \\Altsmith\\Identity\\Instance() )->id();');
  }

  /** Kills PHP in the middle of whatever it does: all workers of the web server at once, and starts it again. */
  async killRequests(): Promise<void> {
    const file = path.join(this.folder, 'run/php.pid');
    process.kill(-Number(readFileSync(file, 'utf8')), 'SIGKILL');
    // On a busy machine they die slowly, and until then the port is theirs.
    await waitFor('PHP to be gone', () =>
      this.visit().then(
        () => false,
        () => true,
      ),
    );
    // Where nothing reaps orphans the dead process still has its number, and would pass for a living one.
    rmSync(file);
    await this.#script('up');
  }

  /** A stranger looks at the front page: this is what makes WordPress run its cron. */
  async visit(): Promise<void> {
    await (await fetch(`${this.url}/`)).text();
  }

  /**
   * Stops web server and database by their ids and deletes the site. Fails when PHP or WordPress had anything to complain
   * about since the site was made: WP_DEBUG is on.
   */
  async remove(ignoring?: RegExp): Promise<void> {
    const complaints = this.complaints(ignoring);
    await this.#script('rm');
    if (complaints.length > 0) throw new Error(`debug.log is there:\n${complaints.join('\n')}`);
  }
}
