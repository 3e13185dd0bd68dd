import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ModelInfo } from '../../models/captioner';
import { chooseEngine } from '../captioning/choose-engine';
import type { CaptionEngine } from '../captioning/engine';
import { captionOf } from '../captioning/engine-result';
import { composeTexts } from '../captioning/text/compose';
import { readConfig, type Config } from '../config';
import { toAppError } from '../errors';
import { createLogger, type Logger } from '../logger';
import { startSidecar, type Sidecar } from '../main';
import { DataFolder } from '../storage/data-folder';
import { version } from '../version';
import { refuseMoreThan, runCommand, type Words } from './command';
import { firstStepLines } from './first-steps';
import { asTypedHere, ownCommand } from './own-command';
import { startUnlessStopped, stopRequested } from './serve';
import { terminalLog } from './terminal-log';

const HELP = `Usage: altsmith start [--without-backup]

Starts the sidecar for a person at a terminal (npm start): captions a photograph of the repository as proof, says where
everything is, and runs until Ctrl-C. For services use "altsmith serve". Settings come from ALTSMITH_… variables.

  --without-backup  update the database of an earlier version without a copy of it, where there is no room for one
`;

/** A photograph that comes with the repository. From the compiled file: build/server/cli → repository. */
const PROOF = path.resolve(__dirname, '../../../tests/fixtures/images/cat.jpg');

const say = (line: string) => process.stdout.write(`${line}\n`);
const sayUnder = (label: string, text: string) => say(`  ${label.padEnd(9)}${text}`);

/** `altsmith start`: exit code 0 after Ctrl-C. */
export function run(args: string[]): Promise<number> {
  return runCommand({ help: HELP, options: { 'without-backup': { type: 'boolean' } }, work }, args);
}

async function work(words: Words): Promise<number> {
  refuseMoreThan(0, words);
  const config = readConfig(process.env);
  const logger = loggerOf(config);
  // The choice of a model reads in the data folder.
  new DataFolder(config.dataDir, config.backupDir).prepare();
  const engine = chooseEngine(config);
  const asked = stopRequested();
  const sidecar = await startUnlessStopped(asked, (signal) =>
    startSidecar(config, {
      engine,
      logger,
      signal,
      announcePreparation: say,
      withoutBackup: words.isSet('without-backup'),
    }),
  );
  if (sidecar === null) return 0;
  try {
    say(`\nAltsmith ${version} is running at ${sidecar.url}`);
    say(
      'This is the sidecar: the program that looks at your pictures. WordPress asks it; nothing is published without you.',
    );
    tellKey(sidecar, config);
    await Promise.race([prove(engine).catch(tellProblem), asked]);
    if (sidecar.fetching !== null) sayUnder('coming', sidecar.fetching);
    tellSteps(sidecar);
    tellCommand();
    sayUnder('stop', 'Ctrl-C');
    await asked;
    say('\nStopping …');
  } finally {
    await sidecar.close();
  }
  say('Stopped.');
  return 0;
}

/** A person at a terminal is told in plain lines what went wrong; whoever asks for a level, or keeps the output, gets the lines of JSON. */
function loggerOf(config: Config): Logger {
  if (process.env['ALTSMITH_LOG_LEVEL'] !== undefined) return createLogger(config.logLevel);
  return process.stderr.isTTY ? createLogger('info', terminalLog(process.stderr)) : createLogger('warn');
}

/** Captions the photograph the way a job does, and shows the text with the model that wrote it. */
async function prove(engine: CaptionEngine): Promise<void> {
  if (!existsSync(PROOF)) return;
  const started = Date.now();
  const said = captionOf(await engine.run({ imagePath: PROOF, options: { candidates: 1 } }));
  const { caption, readings, image, model } = said;
  const texts = composeTexts({
    caption,
    readings,
    image,
    model,
    context: null,
    current: null,
    fields: ['alt_text'],
  });
  sayUnder('model', describeModel(model));
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  sayUnder('proof', `${path.relative(process.cwd(), PROOF)} → “${texts.fields.alt_text}” (${seconds} s with loading)`);
}

/** Without its model the sidecar runs all the same: pictures wait until the model is there. */
function tellProblem(thrown: unknown): void {
  const error = toAppError(thrown);
  sayUnder('model', `none. ${error.sentence} (${error.code}) Pictures wait until then.`);
}

function describeModel(model: ModelInfo): string {
  const name = `${model.id} (${model.precision})`;
  if (model.address !== undefined) return `${name} at ${model.address}, which is sent every picture`;
  return model.demonstration ? `${model.id}, a small one for demonstration: do not publish its texts unread` : name;
}

/** What to do next. Where this is no terminal it may be a log, which shows no code. */
function tellSteps(sidecar: Sidecar): void {
  const done = sidecar.firstSteps();
  const code = process.stdout.isTTY && !done.connect ? sidecar.pairingCode() : null;
  for (const [index, line] of firstStepLines(done, { url: sidecar.url, code }).entries())
    sayUnder(index === 0 ? 'steps' : '', asTypedHere(line));
}

/** The documents call every way of installing "altsmith". */
function tellCommand(): void {
  const command = ownCommand();
  if (command !== 'altsmith') sayUnder('command', `${command}, where the documents say "altsmith"`);
}

function tellKey(sidecar: Sidecar, config: Config): void {
  const keyFile = path.join(config.dataDir, 'first-key.txt');
  const file = path.relative(process.cwd(), keyFile);
  if (sidecar.firstKey !== null && !process.stdout.isTTY) {
    sayUnder('key', `the first site key is in ${file}, which only you can read`);
  } else if (sidecar.firstKey !== null) {
    sayUnder('key', sidecar.firstKey);
    sayUnder('', 'opens the page at that address; WordPress needs only the code below');
    sayUnder('', `shown this once; it is also in ${file}, which only you can read`);
  } else if (existsSync(keyFile)) {
    sayUnder('key', `the first one is still in ${file}; delete that file once the key is where it belongs`);
  }
}
