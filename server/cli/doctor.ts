import { fileProblem } from '../../models/file-problem';
import { ConfigError, readConfig, type Config } from '../config';
import { AppError } from '../errors';
import { DataFolder } from '../storage/data-folder';
import { refuseMoreThan, runCommand, type Say, type Words } from './command';
import { nextStep } from './first-steps';
import { asTypedHere } from './own-command';
import { problem, type Finding, type Ground, type Look } from './doctor/check';

const HELP = `Usage: altsmith doctor [--json]

Looks at everything the sidecar needs, and says in plain sentences what is wrong and what to do. Changes nothing, and may be
asked while a sidecar runs. Exit code 0 only if there is no problem; notes are no problems.
`;

interface Check {
  readonly name: string;
  /** Loaded when its turn comes: a check that cannot even be loaded is a finding, too. */
  readonly load: () => Promise<Look>;
}

/** Every check, in the order in which one problem explains the next. */
const CHECKS: readonly Check[] = [
  { name: 'node', load: async () => (await import('./doctor/node-version')).lookAtNode },
  { name: 'modules', load: async () => (await import('./doctor/native-modules')).lookAtNativeModules },
  { name: 'settings', load: async () => (await import('./doctor/settings')).lookAtSettings },
  { name: 'folder', load: async () => (await import('./doctor/data-folder')).lookAtDataFolder },
  { name: 'database', load: async () => (await import('./doctor/database')).lookAtDatabase },
  { name: 'first key', load: async () => (await import('./doctor/first-key')).lookAtFirstKey },
  { name: 'port', load: async () => (await import('./doctor/port')).lookAtPort },
  { name: 'model', load: async () => (await import('./doctor/model')).lookAtModel },
  { name: 'words', load: async () => (await import('./doctor/words')).lookAtWords },
  { name: 'videos', load: async () => (await import('./doctor/videos')).lookAtVideos },
  { name: 'network', load: async () => (await import('./doctor/network')).lookAtNetwork },
  { name: 'redis', load: async () => (await import('./doctor/redis')).lookAtRedis },
];

type Named = Finding & { readonly check: string };

/** `altsmith doctor`. */
export function run(args: string[]): Promise<number> {
  const work = (words: Words, say: Say) => {
    refuseMoreThan(0, words);
    return examine(say);
  };
  return runCommand({ help: HELP, work }, args);
}

async function examine(say: Say): Promise<number> {
  const settings = settingsOf(process.env);
  const findings = Array.isArray(settings) ? settings : await lookAtAll(settings);
  const problems = findings.filter(({ state }) => state === 'problem').length;
  const next = problems > 0 || Array.isArray(settings) ? MEND : await nextOf(settings);
  say({ ok: problems === 0, findings, next }, [
    ...findings.flatMap(linesOf),
    '',
    summary(problems),
    `Next: ${asTypedHere(next)}`,
  ]);
  return problems === 0 ? 0 : 1;
}

const MEND = 'mend the first PROBLEM above, and run "altsmith doctor" again.';

/** What to do after all is well. */
async function nextOf(config: Config): Promise<string> {
  const data = new DataFolder(config.dataDir, config.backupDir);
  if (!(await isRunning(data))) return 'start the sidecar.';
  const { examineDatabase } = await import('../storage/examine');
  const done = examineDatabase(data)?.firstSteps ?? null;
  const url = config.publicUrl === null ? `http://${config.host}:${config.port}` : config.publicUrl.origin;
  return (done && nextStep(done, { url, code: null })) ?? 'nothing; all three first steps are done.';
}

/** The settings, or a finding for each that is wrong: then nothing else can be looked at. */
function settingsOf(env: NodeJS.ProcessEnv): Config | Named[] {
  try {
    return readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .map((line) => ({ check: 'settings', ...problem(`${line}.`, 'docs/configuration.md lists what is allowed.') }));
  }
}

async function lookAtAll(config: Config): Promise<Named[]> {
  const data = new DataFolder(config.dataDir, config.backupDir);
  const ground: Ground = { config, data, env: process.env, isRunning: await isRunning(data) };
  const findings: Named[] = [];
  for (const { name, load } of CHECKS) {
    try {
      const look = await load();
      findings.push(...(await look(ground)).map((found) => ({ check: name, ...found })));
    } catch (error) {
      findings.push({ check: name, ...problem(sentenceOf(error)) });
    }
  }
  return findings;
}

/** Without SQLite it cannot be told; the checks then say why. */
async function isRunning(data: DataFolder): Promise<boolean> {
  try {
    return (await import('../storage/folder-lock')).isHeld(data);
  } catch {
    return false;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return error.sentence;
  const refused = fileProblem(error);
  if (refused !== null) return refused.message;
  return error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ') : String(error);
}

const SIGNS = { ok: 'ok', note: 'note', problem: 'PROBLEM' } as const;

function linesOf({ state, sentence, advice }: Named): string[] {
  return [
    `${SIGNS[state].padEnd(8)} ${sentence}`,
    ...(advice === undefined ? [] : [`         → ${asTypedHere(advice)}`]),
  ];
}

function summary(problems: number): string {
  if (problems === 0) return 'All is well.';
  return problems === 1 ? 'One problem.' : `${problems} problems.`;
}
