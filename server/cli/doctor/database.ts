import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../errors';
import { hasInitialKey } from '../../key-settings';
import { isLoopback } from '../../http/middleware/authenticate';
import { listBackups } from '../../storage/backup-folder';
import { examineDatabase, type Examined } from '../../storage/examine';
import { note, ok, problem, type Finding, type Ground } from './check';

/** A clock that is behind the newest row by more than this has gone back. */
const CLOCK_SLACK_MS = 600_000;

/** Whether the database is ours, whole, and of this version; and whether the clock agrees with it. */
export function lookAtDatabase(ground: Ground): readonly Finding[] {
  const { data, isRunning } = ground;
  if (!existsSync(data.root)) return [];
  const found = examine(ground);
  if (!('keys' in found)) return [found];
  const { schema, ownSchema, newestAt } = found;
  return [
    ok(`The database is whole (schema ${schema})${isRunning ? ', and a sidecar is working on it' : ''}.`),
    ...(schema < ownSchema ? [note(`The next start brings the database from schema ${schema} to ${ownSchema}.`)] : []),
    ...lookAtBind(ground, found),
    ...lookAtClock(newestAt, Date.now()),
  ];
}

function examine({ data }: Ground): Examined | Finding {
  try {
    return examineDatabase(data) ?? ok('There is no database yet; the first start makes it.');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const backups = existsSync(data.backups) ? listBackups(data.backups) : [];
    const newest = backups.at(-1);
    const isLost = error.code === 'DATABASE_DAMAGED';
    const restore =
      newest === undefined
        ? 'There is no backup in the data folder; look for one made with "altsmith backup".'
        : `The newest backup: altsmith restore ${path.join(data.backups, newest)}`;
    return isLost ? problem(error.sentence, restore) : problem(error.sentence);
  }
}

function lookAtBind({ config }: Ground, { keys }: Examined): readonly Finding[] {
  if (isLoopback(config.host) || keys > 0 || hasInitialKey(config.initialKeys)) return [];
  return [
    problem(
      'ALTSMITH_HOST is not loopback, and no key exists.',
      'Run "altsmith keys create" first, or give a key with ALTSMITH_INITIAL_KEY.',
    ),
  ];
}

/** The clock against the newest row, and against the day this program was written. */
export function lookAtClock(newestAt: number | null, now: number): readonly Finding[] {
  if (newestAt !== null && newestAt - now > CLOCK_SLACK_MS) {
    const [then, today] = [newestAt, now].map((at) => new Date(at).toISOString().slice(0, 16));
    return [
      problem(
        `The clock says ${String(today)}, and the newest entry of the database is from ${String(then)}.`,
        'Set the clock right: keys end and messages are dated by it. Jobs do not depend on it.',
      ),
    ];
  }
  return [ok('The clock agrees with the database.')];
}
