/** `altsmith-20260301T120000Z.db`, and the same with `.before-update`: a copy made before a migration. */
const BACKUP = /^altsmith-\d{8}T\d{6}Z(?:\.before-update)?\.db$/;

/** Whether a name in the folder of backups is that of a backup. */
export function isBackup(name: string): boolean {
  return BACKUP.test(name);
}
