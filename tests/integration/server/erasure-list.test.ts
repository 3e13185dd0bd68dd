import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { forgetLists } from '../../../server/composition/erasing';
import { erasureList } from '../../../server/retention/erasure-list';
import type { BackupPlan } from '../../../server/storage/backup-plan';
import { DataFolder } from '../../../server/storage/data-folder';
import { CopyWatch } from '../../../server/storage/held-copies';
import { mirrorLists } from '../../../server/storage/list-mirror';

const sorted = (numbers: number[]) => [...numbers].sort((a, b) => a - b);

test('the list of erasures reaches back to the oldest backup that there can be, and no further', async () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'altsmith-erasure-list-'));
  const data = new DataFolder(root);
  data.prepare();
  const list = erasureList(data.lists);
  const beside = erasureList(data.backups);
  const forget = (plan: BackupPlan | null) => forgetLists({ data, plan, copies: new CopyWatch(data) }, now);
  const now = Date.UTC(2026, 10, 30);
  const days = (count: number) => now - count * 86_400_000;
  const at = (time: number) => ({ at: time, site_id: 's', kind: 'site' as const });
  const times = [days(200), days(100), days(70), days(20), now];
  for (const time of times) list.add(at(time));
  // From before there was a file for each month.
  writeFileSync(path.join(data.backups, 'erasures.jsonl'), `${JSON.stringify(at(days(300)))}\n`);
  utimesSync(path.join(data.backups, 'erasures.jsonl'), days(300) / 1000, days(300) / 1000);
  await mirrorLists(data);
  await mirrorLists(data);
  const kept = () => beside.read().map((erasure) => (now - erasure.at) / 86_400_000);
  expect(sorted(kept())).toEqual([0, 20, 70, 100, 200, 300]);
  // A backup of 80 days ago is still there.
  const old = path.join(data.backups, 'altsmith-20260911T000000Z.db');
  writeFileSync(old, '');
  await forget(null);
  expect(sorted(kept())).toEqual([0, 20, 70]);
  expect(list.read()).toHaveLength(3);
  rmSync(old);
  await forget({ hourly: 0, daily: 7, weekly: 0 });
  expect(sorted(kept())).toEqual([0, 20]);
  rmSync(root, { recursive: true });
});
