import { readRange } from './file-range';

/** A member of a ZIP archive, stored without compression. */
export interface ZipMember {
  readonly offset: number;
  readonly bytes: number;
}

/** What is wrong with an archive, in words that follow "cannot be read:". */
export class ZipProblem extends Error {
  override readonly name = 'ZipProblem';
}

// Layout: APPNOTE.TXT of PKWARE, sections 4.3.7 (local header), 4.3.12 (directory), 4.3.14 to 4.3.16 (ends).
const LOCAL_HEADER = { signature: 0x04034b50, bytes: 30 } as const;
const ENTRY = { signature: 0x02014b50, bytes: 46 } as const;
const END = { signature: 0x06054b50, bytes: 22 } as const;
const END_64 = { signature: 0x06064b50, bytes: 56 } as const;
const END_64_LOCATOR = { signature: 0x07064b50, bytes: 20 } as const;
const LONGEST_COMMENT = 65_535;
const IN_EXTRA_16 = 0xffff;
const IN_EXTRA_32 = 0xffffffff;
/** Some 500 members of 100 bytes are usual; the cap keeps a foreign file from claiming the memory. */
const MAX_DIRECTORY_BYTES = 25_000_000;

interface Directory {
  readonly offset: number;
  readonly bytes: number;
  readonly members: number;
}

function mustRead(handle: number, length: number, position: number): Buffer {
  const bytes = readRange(handle, length, position);
  if (bytes === null) throw new ZipProblem('it is cut');
  return bytes;
}

function findDirectory(handle: number, fileBytes: number): Directory {
  const tailBytes = Math.min(fileBytes, END.bytes + LONGEST_COMMENT);
  const tailAt = fileBytes - tailBytes;
  const tail = mustRead(handle, tailBytes, tailAt);
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(END.signature);
  const at = tail.lastIndexOf(signature);
  if (at < 0 || at + END.bytes > tail.length) throw new ZipProblem('it has no end of archive, so it is probably cut');
  const directory = {
    members: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
  const isLarge =
    directory.members === IN_EXTRA_16 || directory.bytes === IN_EXTRA_32 || directory.offset === IN_EXTRA_32;
  return isLarge ? findLargeDirectory(handle, tailAt + at) : directory;
}

function findLargeDirectory(handle: number, endAt: number): Directory {
  if (endAt < END_64_LOCATOR.bytes) throw new ZipProblem('its end of archive is damaged');
  const locator = mustRead(handle, END_64_LOCATOR.bytes, endAt - END_64_LOCATOR.bytes);
  if (locator.readUInt32LE(0) !== END_64_LOCATOR.signature) throw new ZipProblem('its end of archive is damaged');
  const end = mustRead(handle, END_64.bytes, Number(locator.readBigUInt64LE(8)));
  if (end.readUInt32LE(0) !== END_64.signature) throw new ZipProblem('its end of archive is damaged');
  return {
    members: Number(end.readBigUInt64LE(32)),
    bytes: Number(end.readBigUInt64LE(40)),
    offset: Number(end.readBigUInt64LE(48)),
  };
}

/** Values of 32 bits that did not fit stand in the extra field 0x0001, in this order: size, packed size, offset. */
function largeValues(extra: Buffer, wanted: readonly number[]): number[] {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1) at += 4 + extra.readUInt16LE(at + 2);
  let next = at + 4;
  return wanted.map((value) => {
    if (value !== IN_EXTRA_32) return value;
    if (next + 8 > extra.length) throw new ZipProblem('its directory is damaged');
    next += 8;
    return Number(extra.readBigUInt64LE(next - 8));
  });
}

interface Listed {
  readonly name: string;
  readonly bytes: number;
  readonly headerAt: number;
  readonly next: number;
}

function entryAt(directory: Buffer, at: number): Listed {
  if (at + ENTRY.bytes > directory.length || directory.readUInt32LE(at) !== ENTRY.signature) {
    throw new ZipProblem('its directory is damaged');
  }
  const nameBytes = directory.readUInt16LE(at + 28);
  const extraBytes = directory.readUInt16LE(at + 30);
  const nameAt = at + ENTRY.bytes;
  const next = nameAt + nameBytes + extraBytes + directory.readUInt16LE(at + 32);
  if (next > directory.length) throw new ZipProblem('its directory is damaged');
  const name = directory.toString('utf8', nameAt, nameAt + nameBytes);
  if (directory.readUInt16LE(at + 10) !== 0) throw new ZipProblem(`its member "${name}" is compressed`);
  const extra = directory.subarray(nameAt + nameBytes, nameAt + nameBytes + extraBytes);
  const [bytes = 0, , headerAt = 0] = largeValues(extra, [
    directory.readUInt32LE(at + 24),
    directory.readUInt32LE(at + 20),
    directory.readUInt32LE(at + 42),
  ]);
  return { name, bytes, headerAt, next };
}

/**
 * Every member of an uncompressed ZIP archive and where its bytes lie. Only the directory is read; the place of a
 * member is checked when it is asked for. Throws ZipProblem.
 */
export function readZipDirectory(handle: number, fileBytes: number): Map<string, () => ZipMember> {
  const place = findDirectory(handle, fileBytes);
  if (place.bytes > MAX_DIRECTORY_BYTES) throw new ZipProblem('its directory is far too large');
  const directory = mustRead(handle, place.bytes, place.offset);
  const members = new Map<string, () => ZipMember>();
  let at = 0;
  for (let index = 0; index < place.members; index++) {
    const entry = entryAt(directory, at);
    if (members.has(entry.name)) throw new ZipProblem(`it has two members called "${entry.name}"`);
    members.set(entry.name, () => locate(handle, entry, fileBytes));
    at = entry.next;
  }
  return members;
}

/** The local header repeats the name and may carry other padding, so only it knows where the bytes begin. */
function locate(handle: number, entry: Listed, fileBytes: number): ZipMember {
  const header = mustRead(handle, LOCAL_HEADER.bytes, entry.headerAt);
  if (header.readUInt32LE(0) !== LOCAL_HEADER.signature) throw new ZipProblem(`its member "${entry.name}" is damaged`);
  const offset = entry.headerAt + LOCAL_HEADER.bytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (offset + entry.bytes > fileBytes) throw new ZipProblem(`its member "${entry.name}" is cut`);
  return { offset, bytes: entry.bytes };
}
