import { accessSync, constants, existsSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { LEAST_FREE_BYTES } from '../../storage/disk-state';
import { unsafeFilesystem } from '../../storage/filesystem';
import { note, ok, problem, type Finding, type Ground } from './check';

/** Below this it is worth a word: a day of uploads may fill it. */
const SCARCE_BYTES = 500_000_000;
const OTHERS = 0o077;
const megabytes = (bytes: number) => `${Math.floor(bytes / 1_000_000).toLocaleString('en-GB')} MB`;

/** Whether the data folder is there, local, private, and can be written to. */
export function lookAtDataFolder({ data }: Ground): readonly Finding[] {
  const { root } = data;
  if (!existsSync(root)) return [lookAtParent(root)];
  if (!statSync(root).isDirectory()) {
    return [problem(`${root} is a file, not a folder.`, 'Choose another ALTSMITH_DATA_DIR.')];
  }
  const unsafe = unsafeFilesystem(root);
  return [
    unsafe === null
      ? ok(`The data folder is ${root}, on a local disk.`)
      : problem(`${root} is on a filesystem where SQLite is not safe (${unsafe}).`, 'Choose a local disk.'),
    lookAtRights(root),
    ...lookAtWriting(root),
  ];
}

function lookAtParent(root: string): Finding {
  let parent = path.dirname(root);
  while (!existsSync(parent)) parent = path.dirname(parent);
  try {
    if (!statSync(parent).isDirectory()) throw new Error('a file is in the way');
    accessSync(parent, constants.W_OK);
    return ok(`The data folder ${root} is not there yet; the first start makes it.`);
  } catch {
    return problem(
      `The data folder ${root} is not there and cannot be made.`,
      `Make it, or give this user the right to write to ${parent}.`,
    );
  }
}

function lookAtRights(root: string): Finding {
  const mode = statSync(root).mode & 0o777;
  if ((mode & OTHERS) === 0) return ok('Nobody else can look into the data folder.');
  return note(`Other users of this machine can look into ${root} (mode ${mode.toString(8)}).`, `chmod 700 ${root}`);
}

function lookAtWriting(root: string): readonly Finding[] {
  const probe = path.join(root, `doctor-${process.pid}.probe`);
  try {
    writeFileSync(probe, 'can this be written?');
    rmSync(probe);
  } catch (error) {
    return [
      problem(
        `Nothing can be written to ${root} (${error instanceof Error && 'code' in error ? String(error.code) : String(error)}).`,
        'Look whether the disk is full or mounted read-only, and whose folder it is.',
      ),
    ];
  }
  return [lookAtSpace(root)];
}

function lookAtSpace(root: string): Finding {
  const { bavail, bsize, ffree, files } = statfsSync(root);
  const free = bavail * bsize;
  if (files > 0 && ffree === 0) {
    return problem('The disk of the data folder takes no more files.', 'Remove files: its inodes are used up.');
  }
  if (free < LEAST_FREE_BYTES) {
    return problem(
      `Only ${megabytes(free)} are free; below ${megabytes(LEAST_FREE_BYTES)} pictures are refused.`,
      'Free some space.',
    );
  }
  if (free < SCARCE_BYTES) return note(`Only ${megabytes(free)} are free where the data folder lies.`);
  return ok(`${megabytes(free)} are free.`);
}
