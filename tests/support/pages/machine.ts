import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../free-port';
import { PageSession } from './session';

const MACHINE = path.join(__dirname, 'machine');

/** An empty folder, an empty home and empty caches, for a person who follows a page; and a port of the sidecar's own. */
export class OwnersMachine {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-page-'));
  private readonly sessions: PageSession[] = [];

  private constructor(
    readonly port: number,
    private readonly hub: Server,
  ) {
    chmodSync(this.folder, 0o755);
    for (const name of ['home', 'work', 'root']) mkdirSync(path.join(this.folder, name));
  }

  static async create(): Promise<OwnersMachine> {
    const hub = createServer();
    await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
    return new OwnersMachine(await freePort(), hub);
  }

  /** A hub that takes every question and never answers: nothing is fetched while a page is followed. */
  private get hubAddress(): string {
    return `http://127.0.0.1:${(this.hub.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Where the page's commands begin. */
  get work(): string {
    return path.join(this.folder, 'work');
  }

  /** Somebody at a terminal. With `ownRoot` the folders of the system are this machine's own; that needs the right to mount. */
  session({ ownRoot = false, cwd = this.work, rewrite = (command: string) => command } = {}): PageSession {
    const shell = ownRoot
      ? ['unshare', '--mount', path.join(MACHINE, 'own-root.sh'), path.join(this.folder, 'root')]
      : [];
    const env = {
      PATH: `${MACHINE}:${process.env['PATH'] ?? ''}`,
      HOME: path.join(this.folder, 'home'),
      TERM: 'xterm',
      LANG: 'C.UTF-8',
      npm_config_cache: path.join(this.folder, 'npm-cache'),
      ALTSMITH_PORT: String(this.port),
      HF_ENDPOINT: this.hubAddress,
      PODMAN_COMPOSE: path.join(this.folder, 'tools/bin/podman-compose'),
      ...registrySettings(),
    };
    // The page writes the port that is usual.
    const session = new PageSession(shell, { cwd, env }, (command) =>
      rewrite(command).replaceAll('8787', String(this.port)),
    );
    this.sessions.push(session);
    return session;
  }

  async remove(): Promise<void> {
    for (const session of this.sessions) await session.leave();
    this.hub.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Where npm finds packages is a matter of the machine, not of the page. */
function registrySettings(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) =>
    /^npm_config_registry$|^NPM_CONFIG_|_CA_CERTS$|^SSL_CERT/i.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}
