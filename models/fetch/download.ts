import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import type { Response } from 'undici';
import { ModelError } from '../model-error';
import { ask, OtherAnswer, resolveFile, retryAfter, Temporary, type HubFile } from './hub';
import type { HubSettings } from './hub-settings';
import { networkCause } from './network-cause';
import { withRetries, type RetryTools } from './retry';

export interface Wanted {
  readonly repo: string;
  readonly commit: string;
  readonly name: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
}

export interface Fetched {
  readonly bytes: number;
  readonly sha256: string;
}

export interface DownloadTools extends RetryTools {
  readonly hub: HubSettings;
  /** Told the bytes that are there and those in all. */
  readonly progress: (done: number, total: number) => void;
  /** Longest silence in the middle of a file. */
  readonly stallMs?: number;
}

const STALL_MS = 60_000;

/** The bytes so far of a file that is on its way; survives the process, so that the next pull goes on from there. */
class PartialFile {
  hash: Hash = createHash('sha256');
  gitHash: Hash | null = null;
  bytes = 0;
  private handle: number | null = null;

  constructor(readonly file: string) {}

  /** Hashes what an earlier try left. */
  async resume(known: HubFile): Promise<void> {
    if (known.gitHash !== null) this.gitHash = createHash('sha1').update(`blob ${known.bytes}\0`);
    if (!existsSync(this.file)) return;
    if (statSync(this.file).size > known.bytes) {
      rmSync(this.file);
      return;
    }
    for await (const chunk of createReadStream(this.file, { highWaterMark: 1 << 20 })) {
      if (!(chunk instanceof Uint8Array)) continue;
      this.count(chunk);
    }
  }

  append(chunk: Uint8Array): void {
    this.handle ??= openSync(this.file, 'a');
    let written = 0;
    while (written < chunk.length) written += writeSync(this.handle, chunk, written);
    this.count(chunk);
  }

  close(): void {
    if (this.handle === null) return;
    fsyncSync(this.handle);
    closeSync(this.handle);
    this.handle = null;
  }

  /** Closes the file without asking for more of a full disk. */
  leave(): void {
    if (this.handle !== null) closeSync(this.handle);
    this.handle = null;
  }

  discard(): void {
    this.leave();
    rmSync(this.file, { force: true });
  }

  /** Begins again from the first byte. */
  restart(known: HubFile): void {
    this.discard();
    this.bytes = 0;
    this.hash = createHash('sha256');
    this.gitHash = known.gitHash === null ? null : createHash('sha1').update(`blob ${known.bytes}\0`);
  }

  private count(chunk: Uint8Array): void {
    this.hash.update(chunk);
    this.gitHash?.update(chunk);
    this.bytes += chunk.length;
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** The hub must offer the very file that the registry names. */
function checkOffer(wanted: Wanted, offered: HubFile): void {
  const other =
    (wanted.bytes !== null && wanted.bytes !== offered.bytes) ||
    (wanted.sha256 !== null && offered.sha256 !== null && wanted.sha256 !== offered.sha256);
  if (!other) return;
  throw new ModelError(
    'HUB_REFUSED',
    `The hub offers another ${wanted.name} of ${wanted.repo} than the one this version of Altsmith knows; nothing was downloaded.`,
  );
}

/** What the server sends from `from` on, or null when it must be asked from the beginning. */
async function open(hub: HubSettings, offered: HubFile, from: number): Promise<Response | null> {
  const headers = from === 0 ? {} : { range: `bytes=${from}-` };
  const response = await ask(hub, offered.address, { headers });
  if (from > 0 && (response.status === 200 || response.status === 416)) {
    await response.body?.cancel();
    return null;
  }
  if (!response.ok) {
    await response.body?.cancel();
    // 401 and 403 here mean that the signed address has expired: the hub is asked for another one.
    const cause = new OtherAnswer(`HTTP_${response.status}`);
    throw new Temporary(`${offered.address.host} answers ${response.status}`, retryAfter(response), { cause });
  }
  const range = response.headers.get('content-range');
  if (from > 0 && range !== `bytes ${from}-${offered.bytes - 1}/${offered.bytes}`) {
    await response.body?.cancel();
    return null;
  }
  return response;
}

async function receive(
  response: Response,
  partial: PartialFile,
  offered: HubFile,
  tools: DownloadTools,
): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Temporary('the answer is empty');
  for (;;) {
    const { done, value } = await nextChunk(reader, tools.stallMs ?? STALL_MS);
    if (done) break;
    if (partial.bytes + value.length > offered.bytes) {
      await reader.cancel();
      throw new Temporary('more bytes came than the file has');
    }
    partial.append(value);
    tools.progress(partial.bytes, offered.bytes);
  }
}

/** Throws Temporary when the connection is cut or silent. */
async function nextChunk(reader: ReadableStreamDefaultReader<Uint8Array>, stallMs: number) {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Temporary('nothing came for a minute'));
    }, stallMs);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } catch (cause) {
    if (cause instanceof Temporary) void reader.cancel().catch(() => undefined);
    throw cause instanceof Temporary
      ? cause
      : new Temporary(`the connection was cut (${networkCause(cause).words})`, null, { cause });
  } finally {
    clearTimeout(timer);
  }
}

function verify(wanted: Wanted, offered: HubFile, partial: PartialFile): Fetched {
  const sha256 = partial.hash.digest('hex');
  const due = wanted.sha256 ?? offered.sha256;
  const isRight =
    partial.bytes === offered.bytes &&
    (due === null || due === sha256) &&
    (offered.gitHash === null || partial.gitHash === null || partial.gitHash.digest('hex') === offered.gitHash);
  if (isRight) return { bytes: partial.bytes, sha256 };
  partial.discard();
  throw new ModelError(
    'MODEL_FILE_DAMAGED',
    `What came as ${wanted.name} of ${wanted.repo} is not that file (its sha256 differs); it was thrown away. Try again.`,
  );
}

async function attempt(wanted: Wanted, partial: PartialFile, tools: DownloadTools): Promise<Fetched> {
  // Asked anew each time: a signed address holds for minutes, a large file takes longer.
  const offered = await resolveFile(tools.hub, wanted);
  checkOffer(wanted, offered);
  if (partial.bytes === 0) await partial.resume(offered);
  tools.progress(partial.bytes, offered.bytes);
  if (partial.bytes < offered.bytes) {
    let response = await open(tools.hub, offered, partial.bytes);
    if (response === null) {
      partial.restart(offered);
      response = await open(tools.hub, offered, 0);
    }
    if (response === null) throw new Temporary('the server refuses the whole file');
    await receive(response, partial, offered, tools);
    if (partial.bytes < offered.bytes) throw new Temporary('the file ended too early');
  }
  partial.close();
  return verify(wanted, offered, partial);
}

/**
 * Downloads one file of the hub to `target`, through `target.incomplete`, from which a later call goes on. What arrives must
 * have the size and sha256 of `wanted`, where it names them, and of the hub. Throws ModelError HUB_UNREACHABLE, HUB_REFUSED,
 * MODEL_FILE_DAMAGED or STORAGE_FULL.
 */
export async function downloadFile(wanted: Wanted, target: string, tools: DownloadTools): Promise<Fetched> {
  const partial = new PartialFile(`${target}.incomplete`);
  const download = async () => {
    try {
      const fetched = await attempt(wanted, partial, tools);
      renameSync(partial.file, target);
      return fetched;
    } catch (error) {
      if (isDiskFull(error)) {
        partial.leave();
        const message = `The disk became full while ${wanted.name} came. What came so far is kept; free some space and run the same command again.`;
        throw new ModelError('STORAGE_FULL', message, { cause: error });
      }
      partial.close();
      throw error;
    }
  };
  try {
    return await withRetries(download, tools, () => partial.bytes);
  } catch (error) {
    throw error instanceof Temporary ? unreachable(wanted, error) : error;
  }
}

/** What is said where the hub cannot be reached in spite of all tries. */
export function unreachable(wanted: Pick<Wanted, 'name' | 'repo'>, last: Temporary): ModelError {
  return new ModelError(
    'HUB_UNREACHABLE',
    `${wanted.name} of ${wanted.repo} could not be downloaded: ${last.message}. What came so far is kept; run the same ` +
      'command again, set HTTPS_PROXY where a proxy is the way out, HF_ENDPOINT to a mirror, or give a folder with --from.',
    { cause: last },
  );
}
