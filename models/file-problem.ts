import { ModelError, type ModelErrorCode } from './model-error';

/** Calls that change something; `open` does both, and is taken for reading. */
const WRITING = new Set(['mkdir', 'rename', 'rmdir', 'unlink', 'write', 'symlink', 'copyfile', 'ftruncate', 'fsync']);

interface SystemError {
  readonly code: string;
  readonly syscall: string | null;
  readonly path: string | null;
}

function systemError(error: unknown): SystemError | null {
  if (typeof error !== 'object' || error === null) return null;
  const text = (name: string) => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' ? value : null;
  };
  const code = text('code');
  return code === null ? null : { code, syscall: text('syscall'), path: text('path') };
}

function codeAndReason({ code, syscall }: SystemError): [ModelErrorCode, string] | null {
  const isWriting = code === 'EROFS' || (syscall !== null && WRITING.has(syscall));
  const away = isWriting ? 'STORAGE_UNAVAILABLE' : 'FILE_UNREADABLE';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return ['STORAGE_FULL', 'The disk is full; free some space and try again'];
    case 'EACCES':
    case 'EPERM':
      return [away, `the permission to ${isWriting ? 'write' : 'open'} it is missing`];
    case 'EROFS':
      return [away, 'it is on a disk that is read only'];
    case 'EBUSY':
      return [away, 'it is in use, or a disk of its own is mounted there'];
    case 'EISDIR':
      return ['FILE_UNREADABLE', 'it is a folder where a file is due'];
    case 'ENOTDIR':
    case 'EEXIST':
      return [away, 'a part of the path is a file where a folder is due'];
    case 'ENOENT':
      return [isWriting ? 'STORAGE_UNAVAILABLE' : 'MODEL_FILE_MISSING', 'it is not there'];
    case 'ENAMETOOLONG':
      return [away, 'the name is longer than the disk allows'];
    case 'ELOOP':
      return [away, 'its links lead in a circle'];
    case 'EXDEV':
      return ['STORAGE_UNAVAILABLE', 'it would have to move to another disk'];
    case 'ENOTEMPTY':
      return ['STORAGE_UNAVAILABLE', 'something was put into it in the meantime'];
    case 'EMFILE':
    case 'ENFILE':
      return [away, 'too many files are open; raise the limit of open files (ulimit -n)'];
    case 'ESTALE':
      return [away, 'the network disk has lost it; mount the disk again'];
    case 'EIO':
      return [away, 'the disk fails'];
    default:
      return null;
  }
}

/**
 * What the file system refuses, as an error that says what to do; null where something else went wrong. `file` is named where
 * the system does not say which it was.
 */
export function fileProblem(error: unknown, file = 'A file'): ModelError | null {
  const found = systemError(error);
  const known = found === null ? null : codeAndReason(found);
  if (found === null || known === null) return null;
  const [code, reason] = known;
  const what = code === 'STORAGE_FULL' ? '' : `${found.path ?? file}: `;
  return new ModelError(code, `${what}${reason}.`, { cause: error });
}

/** True where a rename was refused because the new name is on another disk. */
export function isOtherDisk(error: unknown): boolean {
  return systemError(error)?.code === 'EXDEV';
}

/** True where there is no such file; false where it is there and cannot be read. */
export function isMissing(error: unknown): boolean {
  const code = systemError(error)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/**
 * The same for a file of a model that is to be loaded: one that is there and cannot be read is the model's trouble, which jobs wait out,
 * and not that of a picture.
 */
export function modelFileProblem(error: unknown, file?: string): ModelError | null {
  const problem = fileProblem(error, file);
  if (problem === null || problem.code === 'MODEL_FILE_MISSING') return problem;
  return new ModelError('MODEL_UNAVAILABLE', problem.message, { cause: error });
}

/** Does something with files; what the file system refuses comes out as ModelError. */
export async function withFiles<T>(
  work: () => Promise<T>,
  problem: (error: unknown) => ModelError | null = (error) => fileProblem(error),
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw problem(error) ?? error;
  }
}
