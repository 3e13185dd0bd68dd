import { EventEmitter } from 'node:events';
import pino from 'pino';
import { logRequests } from '../../../../server/http/middleware/request-log';

/** The levels of the lines that requests with these answers leave, in order. */
function levelsOf(...answers: readonly [path: string, status: number][]): string[] {
  const lines: string[] = [];
  const logger = pino(
    { level: 'trace', formatters: { level: (level) => ({ level }) } },
    { write: (line) => lines.push(line) },
  );
  const middleware = logRequests(logger);
  for (const [path, statusCode] of answers) {
    const response: any = Object.assign(new EventEmitter(), { statusCode, writableFinished: true, locals: {} });
    const request: any = { method: 'GET', path };
    void middleware(request, response, () => undefined);
    response.emit('close');
  }
  return lines.map((line) => JSON.parse(line).level);
}

test('a health check that answers 503 again and again is one line of a log, and none of its errors', () => {
  const starting: [string, number] = ['/readyz', 503];
  const ready: [string, number] = ['/readyz', 200];
  expect(levelsOf(starting, starting, starting, ready, ready, starting)).toEqual([
    'info',
    'debug',
    'debug',
    'info',
    'debug',
    'info',
  ]);
});

test('every other request has the level of its status', () => {
  expect(levelsOf(['/v1/jobs', 503], ['/readyz', 401], ['/v1/jobs', 404], ['/livez', 200])).toEqual([
    'error',
    'warn',
    'warn',
    'debug',
  ]);
});
