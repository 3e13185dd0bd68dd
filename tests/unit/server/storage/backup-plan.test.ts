import {
  backupEvery,
  keptBackups,
  longestKept,
  readBackupPlan,
  USUAL_PLAN,
} from '../../../../server/storage/backup-plan';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (time: string) => Date.parse(`${time}Z`);

test.each([
  ['hourly=24,daily=7,weekly=4', USUAL_PLAN],
  ['daily=7', { hourly: 0, daily: 7, weekly: 0 }],
  ['weekly=2, hourly=1', { hourly: 1, daily: 0, weekly: 2 }],
  ['off', 'off'],
  ['hourly=0', 'off'],
  ['hourly', null],
  ['hourly=-1', null],
  ['hourly=1,hourly=2', null],
  ['monthly=3', null],
  ['daily=5000', null],
  ['', null],
])('the setting %s', (text, plan) => {
  expect(readBackupPlan(text)).toEqual(plan);
});

test('of two years of hourly backups the newest 24 hours, 7 days and 4 weeks are kept', () => {
  const now = at('2026-03-11T12:30:00');
  const times = Array.from({ length: 17_520 }, (_, hours) => now - hours * HOUR);
  const kept = keptBackups(times, USUAL_PLAN);
  const ages = kept.map((time) => now - time).sort((a, b) => a - b);
  expect(ages.slice(0, 24)).toEqual(Array.from({ length: 24 }, (_, hour) => hour * HOUR));
  // The last one of each day, and the last one of each week that ends with a Sunday.
  const older = kept.filter((time) => now - time >= DAY).map((time) => new Date(time).toISOString().slice(0, 16));
  expect(older.sort()).toEqual([
    '2026-02-22T23:30',
    '2026-03-01T23:30',
    '2026-03-05T23:30',
    '2026-03-06T23:30',
    '2026-03-07T23:30',
    '2026-03-08T23:30',
    '2026-03-09T23:30',
  ]);
  expect(keptBackups(kept, USUAL_PLAN)).toEqual(kept);
  // When there is no room, the hours go first, oldest first, and the newest last.
  expect(kept[0]).toBe(now - 23 * HOUR);
  expect(kept.at(-1)).toBe(now);
});

test('many in one hour, as after restarts or by hand, are one of that hour', () => {
  const times = ['10:05', '10:40', '11:00', '11:59'].map((minute) => at(`2026-03-11T${minute}:00`));
  expect(keptBackups(times, { hourly: 24, daily: 0, weekly: 0 })).toEqual([times[1], times[3]]);
  expect(keptBackups([], USUAL_PLAN)).toEqual([]);
});

test('a plan says how often, and for how long at most', () => {
  expect(backupEvery(USUAL_PLAN)).toBe(HOUR);
  expect(backupEvery({ hourly: 0, daily: 0, weekly: 2 })).toBe(7 * DAY);
  expect(longestKept(USUAL_PLAN)).toBe(35 * DAY);
});
