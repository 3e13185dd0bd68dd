import pino from 'pino';
import { WorkerCondition } from '../../../../server/captioning/worker-condition';
import { AppError, CATALOGUE, isErrorCode, type ErrorCode } from '../../../../server/errors';
import { setbackOf } from '../../../../server/queue/retry-policy';
import { verdictOn, type SetBackRow } from '../../../../server/queue/verdict';

/** A machine of ours that is asked for too much: what the picture is does not matter. */
const OF_OUR_OWN_LIMITS = ({ status }: { status: number }) => status === 429;
const MOST_ROUNDS = 60;
const codes = Object.keys(CATALOGUE).filter(isErrorCode);

/** Rounds until the job has failed, on a machine that does other pictures well in between. */
async function roundsUntilFailed(code: ErrorCode): Promise<number> {
  const condition = new WorkerCondition({ check: () => Promise.resolve(null), logger: pino({ level: 'silent' }) });
  const error = new AppError(code);
  let row: SetBackRow = {
    ...{ failures: 0, crashes: 0, interruptions: 0, attempts: 0, doubts: null },
    ...{ instance: 0, subject_id: '1' },
  };
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    condition.wentWell();
    const by = { machine: 'one', blame: await condition.failed('picture', error) };
    const around = { by, now: () => round, wellAt: () => round + 1, random: () => 0.5 };
    const { verdict, doubts } = verdictOn({ ...row, attempts: row.attempts + 1 }, setbackOf(error), around);
    condition.stop();
    if (!verdict.retry) return round;
    row = { ...row, ...verdict.setbacks, attempts: row.attempts + 1, doubts };
  }
  return Infinity;
}

test('no error of the catalogue brings a picture back for ever while others go well', async () => {
  const rounds = await Promise.all(codes.map(async (code) => [code, await roundsUntilFailed(code)] as const));
  const endless = rounds.filter(([, count]) => count === Infinity).map(([code]) => code);
  expect(endless).toEqual(codes.filter((code) => OF_OUR_OWN_LIMITS(CATALOGUE[code])));
  expect(codes.length).toBeGreaterThan(100);
});
