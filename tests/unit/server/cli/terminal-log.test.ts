import { PassThrough } from 'node:stream';
import { terminalLog } from '../../../../server/cli/terminal-log';
import { createLogger } from '../../../../server/logger';

function linesOf(work: (logger: ReturnType<typeof createLogger>) => void): string {
  const stream = new PassThrough();
  work(createLogger('info', terminalLog(stream)));
  return String(stream.read() ?? '');
}

test('a warning with a sentence is that sentence, and an error has its cause beside it', () => {
  const said = linesOf((logger) => {
    logger.warn({ model: 'x', reason: 'x could not be fetched.' }, 'the model could not be fetched yet');
    logger.error({ err: new Error('disk\nI/O') }, 'a backup could not be made');
    logger.warn('webhooks are off');
  });
  expect(said).toBe(
    [
      '  note     x could not be fetched.\n',
      '  error    a backup could not be made: disk I/O\n',
      '  note     webhooks are off\n',
    ].join(''),
  );
});

test('of what is well only that is told which a person wants to know', () => {
  const said = linesOf((logger) => {
    logger.info({ url: 'http://127.0.0.1' }, 'sidecar started');
    logger.info({ told: 'x writes from now on.' }, 'the model was changed');
  });
  expect(said).toBe('  news     x writes from now on.\n');
});

test('a line that is none of ours is shown as it is', () => {
  const stream = new PassThrough();
  terminalLog(stream).write('no JSON\n');
  expect(String(stream.read())).toBe('no JSON\n');
});
