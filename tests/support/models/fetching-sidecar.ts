import { mkdtempSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FakeHub } from '../fake-hub';
import { SidecarProcess } from '../sidecar-process';
import { readCases } from './blip-cases';
import { publishTiny, TINY_COMMIT, TINY_REPO } from './tiny-model';

const PRELOADS = ['other-checkpoint.cjs', 'fetch-conditions.cjs'].map(
  (name) => `--require=${path.join(__dirname, name)}`,
);
const WEIGHTS = 'pytorch_model.bin';

/** A sidecar that starts with mini and fetches a BLIP of random weights, under the name of blip-base, from a hub of its own. */
export class FetchingSidecar {
  /** Requests for the weights that began elsewhere than where the file on disk ended. */
  readonly wrongStarts: string[] = [];

  private constructor(
    readonly sidecar: SidecarProcess,
    readonly hub: FakeHub,
    private readonly folder: string,
    /** Settings and preloads, for another command in the same data folder. */
    readonly env: Readonly<Record<string, string>>,
  ) {
    hub.asked = (file, from) => {
      const there = statSync(this.incomplete, { throwIfNoEntry: false })?.size ?? 0;
      if (file === WEIGHTS && from !== there) this.wrongStarts.push(`asked from ${from}, ${there} bytes are there`);
    };
  }

  static async create(env: Readonly<Record<string, string>> = {}): Promise<FetchingSidecar> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-fetching-'));
    const repo = path.join(folder, 'repo');
    mkdirSync(repo);
    const { source } = publishTiny(repo, readCases()[0]!, WEIGHTS);
    const hub = new FakeHub([{ name: TINY_REPO, commit: TINY_COMMIT, folder: repo }]);
    hub.viaResolveCache = true;
    await hub.start();
    const settings = {
      ALTSMITH_DATA_DIR: mkdtempSync(path.join(folder, 'data-')),
      ALTSMITH_MODEL: '',
      ALTSMITH_FETCH: 'auto',
      ALTSMITH_TEST_SOURCE: JSON.stringify(source),
      NODE_OPTIONS: PRELOADS.join(' '),
      HF_ENDPOINT: hub.endpoint,
      HF_HOME: path.join(folder, 'hf'),
      HF_TOKEN: '',
      ...env,
    };
    const sidecar = await SidecarProcess.create(settings);
    return new FetchingSidecar(sidecar, hub, folder, settings);
  }

  /** Folder of pulled models. */
  get pulled(): string {
    return path.join(this.sidecar.dataDir, 'models');
  }

  private get incomplete(): string {
    const name = `${TINY_REPO.replaceAll('/', '--')}@${TINY_COMMIT.slice(0, 12)}`;
    return path.join(this.pulled, '.downloads', name, `${WEIGHTS}.incomplete`);
  }

  /** What lies in the folder of models that is no finished model. */
  leftovers(): string[] {
    const all = readdirSync(this.pulled, { recursive: true }).map(String);
    return all.filter((name) => name !== '.downloads' && /(^|\/)\.|incomplete|partial|\.old/.test(name));
  }

  async model(): Promise<string | null> {
    return (await this.status()).model?.id ?? null;
  }

  async status(): Promise<any> {
    return (await this.sidecar.call('GET', '/v1/status')).body;
  }

  async remove(): Promise<void> {
    await this.sidecar.stop();
    await this.hub.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
