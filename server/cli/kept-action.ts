import { existsSync } from 'node:fs';
import { readConfig } from '../config';
import { toAppError } from '../errors';
import { DataFolder } from '../storage/data-folder';
import { withData } from './live-data';

/**
 * Keeps in the audit log what a command has done to files beside the database. Where there is no database yet, there is no log.
 * What is done is done: where it cannot be kept, standard error says so.
 */
export async function keepAction(action: string, target: string, words: readonly string[]): Promise<void> {
  const config = readConfig(process.env);
  if (!existsSync(new DataFolder(config.dataDir, config.backupDir).database)) return;
  try {
    await withData(config, ({ record }) => {
      record(action, target, { words });
    });
  } catch (error) {
    process.stderr.write(`The audit log could not keep it (${toAppError(error).code}).\n`);
  }
}
