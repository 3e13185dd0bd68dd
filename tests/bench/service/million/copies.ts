import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../../support/wait-for';
import type { Figure } from '../figures';
import { altsmith } from './commands';
import type { MillionData } from './data';
import { asker, endWatch, measureLoop, watch, type Watched } from './watched';

const COMMITS_PER_SECOND = 5;
const BY = { id: '1', name: 'bench' };

/** A data folder that a backup was restored into. */
export interface Restored {
  readonly dataDir: string;
  readonly figures: readonly Figure[];
  readonly remove: () => void;
}

/** `altsmith backup` and the hourly copy, while five decisions a second are committed; the first is restored to another folder. */
export async function measureCopies(root: string, data: MillionData): Promise<Restored> {
  const folder = mkdtempSync(path.join(path.dirname(data.dataDir), 'altsmith-copies-'));
  const file = path.join(folder, 'by-hand.db');
  const byHand = await copyDuring(root, data, { name: '`altsmith backup`', env: {} }, () =>
    secondsOf(() => altsmith(root, data.dataDir, ['backup', file])),
  );
  const hourly = path.join(folder, 'hourly');
  mkdirSync(hourly);
  const env = { ALTSMITH_BACKUPS: 'hourly=1', ALTSMITH_BACKUP_DIR: hourly };
  const byClock = await copyDuring(root, data, { name: 'the hourly copy', env }, async ({ sidecar }) => {
    // The sidecar checks once a minute whether one is due.
    await waitFor('the copy', () => sidecar.output.includes('"msg":"backup made"'), { timeoutMs: 900_000 });
    return Number(/"ms":(\d+),"msg":"backup made"/.exec(sidecar.output)?.[1]) / 1000;
  });
  if (!readdirSync(hourly).some((name) => name.endsWith('.db'))) throw new Error('there is no hourly copy');
  const dataDir = path.join(folder, 'restored');
  const seconds = await secondsOf(() => altsmith(root, dataDir, ['restore', file]));
  const before = await totals(root, data, data.dataDir);
  const after = await totals(root, data, dataDir);
  if (before !== after) throw new Error(`restored ${after} where ${before} was copied`);
  const size = { name: 'the copy', value: statSync(file).size / 1e6, unit: 'MB' };
  rmSync(file);
  rmSync(hourly, { recursive: true });
  return {
    dataDir,
    figures: [...byHand, ...byClock, size, { name: 'restoring it, every total as before', value: seconds, unit: 's' }],
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Measures a copy; `copy` resolves to the seconds that it took. */
async function copyDuring(
  root: string,
  data: MillionData,
  { name, env }: { readonly name: string; readonly env: Record<string, string> },
  copy: (watched: Watched) => Promise<number>,
): Promise<Figure[]> {
  const watched = await watch(root, data.dataDir, env);
  try {
    const commits = new Commits(watched, data);
    let seconds = 0;
    const loop = await measureLoop(watched, { name, metricsKey: data.metricsKey }, async () => {
      const copying = copy(watched).finally(() => {
        commits.end();
      });
      [seconds] = await Promise.all([copying, commits.goOn()]);
    });
    return [{ name: `${name} during ${commits.made} commits`, value: seconds, unit: 's', most: 90 }, ...loop];
  } finally {
    await endWatch(watched);
  }
}

/** Decides about one suggestion and takes it back, five times a second; it ends as it began. */
class Commits {
  made = 0;
  #isEnding = false;

  constructor(
    private readonly watched: Watched,
    private readonly data: MillionData,
  ) {}

  async goOn(): Promise<void> {
    const { url } = this.watched.sidecar;
    const { key } = this.data.small;
    const { items } = await asker({ url }, key)('/v1/suggestions?state=pending&limit=1');
    let { version } = items[0];
    const decide = async (action: string) => {
      const answer = await fetch(`${url}/v1/suggestions/${items[0].id}/decision`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ action, by: BY, version }),
      });
      if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`);
      ({ version } = JSON.parse(await answer.text()).suggestion);
      this.made += 1;
      await pause(1000 / COMMITS_PER_SECOND);
    };
    while (!this.#isEnding) {
      await decide('approve');
      await decide('reopen');
    }
  }

  end(): void {
    this.#isEnding = true;
  }
}

/** How many suggestions of each state, and jobs, the large site of a data folder has. */
async function totals(root: string, { large }: MillionData, dataDir: string): Promise<string> {
  const watched = await watch(root, dataDir);
  try {
    const ask = asker(watched.sidecar, large.key);
    const states = ['applied', 'pending', 'superseded', 'rejected', 'decorative', 'approved', 'conflict'];
    const lists = [...states.map((state) => `suggestions?state=${state}&`), 'jobs?', 'suggestions?q=standing&'];
    const found: number[] = [];
    for (const list of lists) found.push((await ask(`/v1/${list}limit=1&total=1`)).total);
    return found.join(' ');
  } finally {
    await endWatch(watched);
  }
}
