import { ModelError } from '../../models/model-error';
import { openTranslator } from '../../models/open-translator';
import type { Translator } from '../../models/translator';
import { inBackground } from '../background';
import { toAppError } from '../errors';
import { lowerPriority } from '../own-priority';
import { ToTranslator, type FromTranslator } from './messages';

function send(message: FromTranslator, isLast = false): void {
  process.send?.(message, () => {
    if (isLast) process.exit(1);
  });
}

function problemOf(error: unknown): { code: string; message: string } {
  const { code, message } = error instanceof ModelError ? error : toAppError(error);
  return { code, message };
}

let translator: Translator | null = null;

/** The child process that holds one translator: texts one after the other, until the parent is gone. */
async function receive(message: ToTranslator): Promise<void> {
  if (message.type === 'load') {
    try {
      translator = await openTranslator(message.folder, message.threads);
    } catch (error) {
      send({ type: 'problem', ...problemOf(error) }, true);
      return;
    }
    send({ type: 'ready', info: translator.info });
    return;
  }
  const { id, text, wishes } = message;
  try {
    if (translator === null) throw new ModelError('MODEL_UNAVAILABLE', 'The translator is not loaded.');
    send({ type: 'done', id, translation: await translator.translate(text, wishes) });
  } catch (error) {
    send({ type: 'failed', id, ...problemOf(error) });
  }
}

const endOfProcess = (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
};
// Requests to the sidecar, and the website on the same machine, come first.
lowerPriority();
// One after the other: a text that waits must not run beside the one before it.
let last: Promise<void> = Promise.resolve();
process.on('message', (message) =>
  inBackground(() => (last = last.then(() => receive(ToTranslator.parse(message)))), endOfProcess),
);
// The channel closes when the parent ends, however it ends.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
