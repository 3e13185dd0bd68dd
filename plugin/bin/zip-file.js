'use strict';
const AdmZip = require('adm-zip');

/** Local midnight, because a zip archive knows no time zone. */
const TIME = new Date(2026, 0, 1);
/** A file that everybody may read. */
const MODE = 0o644;

/**
 * A zip archive. The same files give the same bytes: names are sorted and every time stamp is the same.
 *
 * @param {{name: string, bytes: Buffer}[]} files Names with forward slashes.
 * @returns {Buffer} The archive.
 */
function zip(files) {
  const archive = new AdmZip();
  for (const { name, bytes } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    archive.addFile(name, bytes, '', MODE).header.time = TIME;
  }
  return archive.toBuffer();
}

module.exports = { zip };
