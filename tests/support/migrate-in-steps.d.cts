import type { Migration } from '../../server/storage/migration-files';

export const ROWS: number;
export const migration: Migration;
