import childProcess, { type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { ModelShelf } from '../../../../server/captioning/model-shelf';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'altsmith-shelf-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(dataDir, { recursive: true });
});

/** As `fork` gives it where no more files can be opened: no process, no output, and no end either. */
const stillborn = () => Object.assign(new EventEmitter(), { pid: undefined, stdout: null, stderr: null });

test('a pull whose process cannot be started has failed, and another one can begin', () => {
  const child = stillborn();
  jest.spyOn(childProcess, 'fork').mockReturnValueOnce(child as unknown as ChildProcess);
  const logger = pino({ level: 'silent' });
  const shelf = new ModelShelf({ dataDir, script: 'none', logger, loaded: () => null });
  expect(shelf.pull('blip-base').pull).toMatchObject({ state: 'running' });
  child.emit('error', Object.assign(new Error('spawn EMFILE'), { code: 'EMFILE' }));
  expect(shelf.pullOf('blip-base')).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } });
  expect(shelf.isPulling(null)).toBe(false);
  jest.spyOn(childProcess, 'fork').mockReturnValueOnce(stillborn() as unknown as ChildProcess);
  expect(shelf.pull('blip-large').pull).toMatchObject({ state: 'running' });
});
