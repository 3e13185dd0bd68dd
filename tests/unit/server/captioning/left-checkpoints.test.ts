import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkpointFolder } from '../../../../models/fetch/obtain';
import { ownedName } from '../../../../models/owned-name';
import { MANIFEST_FILE } from '../../../../models/model-folder/manifest';
import { findModel } from '../../../../models/registry';
import { PULL_CLAIM, clearCheckpoints, downloadsIn, noteNotKept } from '../../../../server/captioning/left-checkpoints';

let pulled: string;
beforeEach(() => (pulled = mkdtempSync(path.join(os.tmpdir(), 'altsmith-checkpoints-'))));
afterEach(() => rmSync(pulled, { recursive: true }));

function leftCheckpoint(): string {
  const { source } = findModel('blip-base');
  if (source === null) throw new Error('blip-base has no source');
  const folder = checkpointFolder(source, downloadsIn(pulled));
  mkdirSync(folder, { recursive: true });
  noteNotKept(folder);
  return folder;
}

function installModel(): void {
  const folder = path.join(pulled, 'blip-base/int8');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, MANIFEST_FILE), '{}');
}

test('a checkpoint whose model is there is removed', async () => {
  const folder = leftCheckpoint();
  installModel();
  expect(await clearCheckpoints(pulled)).toBe(true);
  expect(existsSync(folder)).toBe(false);
});

test('one that a process still works on is for a later look', async () => {
  const folder = leftCheckpoint();
  installModel();
  const claim = ownedName(path.join(pulled, `${PULL_CLAIM}blip-base`));
  writeFileSync(claim, '');
  expect(await clearCheckpoints(pulled)).toBe(false);
  expect(existsSync(folder)).toBe(true);
  rmSync(claim);
  expect(await clearCheckpoints(pulled)).toBe(true);
  expect(existsSync(folder)).toBe(false);
});

test('one without a model is what the next pull goes on from', async () => {
  const folder = leftCheckpoint();
  expect(await clearCheckpoints(pulled)).toBe(true);
  expect(existsSync(folder)).toBe(true);
});
