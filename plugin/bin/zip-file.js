'use strict';
// Writes zip archives (PKWARE's APPNOTE 6.3.3, sections 4.3.7, 4.3.12 and 4.3.16; no ZIP64, no encryption). The same
// files give the same bytes: names are sorted and every time stamp is the same.
const { crc32, deflateRawSync } = require('node:zlib');

/** 1 January 2026, 00:00, as MS-DOS writes it. */
const DATE = ((2026 - 1980) << 9) | (1 << 5) | 1;
const VERSION = 20;
const DEFLATE = 8;
const UTF8_NAMES = 0x0800;
/** A normal file that everybody may read: in the high half of the external attributes. */
const UNIX_MODE = (0o100644 << 16) >>> 0;
const UNIX = 3 << 8;

function fields(size, values) {
  const buffer = Buffer.alloc(size);
  let at = 0;
  for (const [bytes, value] of values) {
    buffer.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return buffer;
}

/**
 * @param {{name: string, bytes: Buffer}[]} files Names with forward slashes.
 * @returns {Buffer} The archive.
 */
function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const packed = deflateRawSync(bytes, { level: 9 });
    const path = Buffer.from(name, 'utf8');
    // What the local header and the entry in the directory have in common.
    const common = [
      [2, VERSION],
      [2, UTF8_NAMES],
      [2, DEFLATE],
      [2, 0],
      [2, DATE],
      [4, crc32(bytes)],
      [4, packed.length],
      [4, bytes.length],
      [2, path.length],
      [2, 0],
    ];
    parts.push(fields(30, [[4, 0x04034b50], ...common]), path, packed);
    directory.push(
      fields(46, [[4, 0x02014b50], [2, UNIX | VERSION], ...common, [2, 0], [2, 0], [2, 0], [4, UNIX_MODE], [4, offset]]),
      path,
    );
    offset += 30 + path.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  const end = fields(22, [
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, listing.length],
    [4, offset],
    [2, 0],
  ]);
  return Buffer.concat([...parts, listing, end]);
}

module.exports = { zip };
