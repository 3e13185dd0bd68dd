import { Eraser, type EraserParts } from '../../../../server/retention/eraser';

test('a site that takes longer than an answer may is erased all the same, step by step', async () => {
  let left = 5;
  let rests = 0;
  const eraser = new Eraser({
    store: {
      hasSite: () => true,
      beginSite: () => undefined,
      siteStep: () => (left -= 1) > 0,
      takeMirrored: () => [],
      sitesUnderWay: () => (left > 0 ? ['site_a'] : []),
    },
    list: { add: () => undefined },
    log: { mark: () => undefined, isMarked: () => true, empty: () => true },
    tellBackups: () => Promise.resolve(),
    heldByBackups: () => Promise.resolve({ backups: 2, until: 7 }),
    now: () => 1,
    rest: () => {
      rests += 1;
      return Promise.resolve();
    },
  } as unknown as EraserParts);
  expect(await eraser.site('site_a', 0)).toBeNull();
  expect(left).toBe(4);
  expect(await eraser.underWay()).toMatchObject({ backups: 2, backupsUntil: 7 });
  while (eraser.goOn());
  expect(left).toBe(0);
  left = 3;
  rests = 0;
  expect(await eraser.site('site_a', Infinity)).toMatchObject({ backups: 2 });
  expect(left).toBe(0);
  // After each step but the last, also of the command line, whose locks a running sidecar waits for.
  expect(rests).toBe(2);
});
