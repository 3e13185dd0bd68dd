/** What a client or the operator is told about one kind of error. */
export interface CatalogueEntry {
  readonly status: number;
  readonly message: string;
  readonly retryable: boolean;
}

/** Errors that the operator meets at a start or at a command, as a part of the catalogue in server/errors.ts. */
export const START_ERRORS = {
  FOLDER_TAKEN: {
    status: 409,
    message: 'The folder for the model holds something else, or is the checkpoint itself; name another one.',
    retryable: false,
  },
  HUB_REFUSED: {
    status: 502,
    message: 'The model hub does not have the file, or does not hand it out; see "altsmith models pull --help".',
    retryable: false,
  },
  HUB_UNREACHABLE: {
    status: 503,
    message: 'The model hub cannot be reached; set HF_ENDPOINT to a mirror, or pull from a folder with --from.',
    retryable: true,
  },
  REDIS_EVICTS: {
    status: 503,
    message: 'This Redis throws keys away when it is full; set its maxmemory-policy to noeviction.',
    retryable: false,
  },
  REDIS_PREFIX_SHARED: {
    status: 503,
    message:
      'Another sidecar uses the same prefix in this Redis, and each takes jobs of the other out of it; give every sidecar an ALTSMITH_REDIS_PREFIX of its own.',
    retryable: false,
  },
  BULL_NOT_USED: {
    status: 404,
    message: 'This sidecar puts no jobs into Redis; it does with ALTSMITH_QUEUE=bull and ALTSMITH_REDIS_URL.',
    retryable: false,
  },
  REDIS_UNREACHABLE: {
    status: 503,
    message: 'Redis does not answer; workers elsewhere ask the sidecar for jobs until it does.',
    retryable: true,
  },
  REDIS_PROTECTED: {
    status: 503,
    message:
      'Redis has no password and, in its protected mode, refuses connections from other machines; set one in Redis (requirepass), and put it into ALTSMITH_REDIS_URL.',
    retryable: false,
  },
  REDIS_LOGIN_REFUSED: {
    status: 503,
    message: 'Redis refuses the user or the password; put the right ones into ALTSMITH_REDIS_URL.',
    retryable: false,
  },
  REDIS_RIGHTS_MISSING: {
    status: 503,
    message:
      'Redis does not let this user run a command that the queue needs; docs/operations.md has the rules to give it.',
    retryable: false,
  },
  REDIS_TLS_FAILED: {
    status: 503,
    message:
      'A TLS connection to Redis cannot be made; check that ALTSMITH_REDIS_URL begins with rediss://, and name the certificate authority with ALTSMITH_REDIS_CA.',
    retryable: false,
  },
  DATABASE_NEWER: {
    status: 503,
    message: 'The database was written by a newer version of Altsmith; start that version, or restore a backup.',
    retryable: false,
  },
  DATABASE_OLDER: {
    status: 503,
    message:
      'The database is not at the schema of this version yet; start the sidecar of this version once, it updates it.',
    retryable: true,
  },
  BACKUP_ROOM_MISSING: {
    status: 503,
    message:
      'There is no room for a backup of the database; make room on its disk, or choose another one with ALTSMITH_BACKUP_DIR.',
    retryable: false,
  },
  UPDATE_ROOM_MISSING: {
    status: 503,
    message:
      'There is no room to back the database up and update it; make room, choose another disk with ALTSMITH_BACKUP_DIR, or start with --without-backup.',
    retryable: false,
  },
  STARTING: {
    status: 503,
    message: 'The sidecar is starting, and is checking or updating its database; try again in a moment.',
    retryable: true,
  },
  DATABASE_FOREIGN: {
    status: 503,
    message: 'The database file in the data folder was not made by Altsmith; choose another ALTSMITH_DATA_DIR.',
    retryable: false,
  },
  DATABASE_DAMAGED: {
    status: 503,
    message:
      'The database file is damaged, emptied or gone; stop the sidecar and run "altsmith restore FILE" with one of the backups.',
    retryable: false,
  },
  DATA_DIR_MISSING: {
    status: 503,
    message:
      'There is no data folder of a sidecar here; go to the folder that the sidecar is started in, or say where it is with ALTSMITH_DATA_DIR.',
    retryable: false,
  },
  DATA_DIR_FOREIGN: {
    status: 503,
    message:
      'The data folder belongs to another user; start as that user, give the folder to this one with chown, or name another with ALTSMITH_DATA_DIR.',
    retryable: false,
  },
  DATA_DIR_IN_USE: {
    status: 503,
    message: 'Another sidecar is running on this data folder; stop it, or choose another ALTSMITH_DATA_DIR.',
    retryable: false,
  },
  DATA_DIR_REMOTE: {
    status: 503,
    message:
      'The data folder is on a filesystem of another machine, or one whose locks do not hold; SQLite is not safe there. Choose a local disk.',
    retryable: false,
  },
  PUBLIC_BIND_REFUSED: {
    status: 503,
    message:
      'ALTSMITH_HOST is not loopback and no key exists yet; give one with ALTSMITH_INITIAL_KEY, or run "altsmith keys create" first, then start again.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
