import BetterSqlite3 from 'better-sqlite3';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';

const PAGE = 4096;

/** Changes the bytes of a file in place. */
function edit(file: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(file);
  change(bytes);
  writeFileSync(file, bytes);
}

/** The first page that a table or index lies on. */
function pageOf(file: string, name: string): number {
  const db = new BetterSqlite3(file, { readonly: true });
  try {
    const row = db
      .prepare<[string], { page: number }>('SELECT max(pageno) AS page FROM dbstat WHERE name = ?')
      .get(name);
    if (row?.page == null) throw new Error(`nothing is called ${name}`);
    return row.page;
  } finally {
    db.close();
  }
}

/** Ways in which a database file is lost, each done to the file of that name. */
export const DAMAGE: Readonly<Record<string, (file: string) => void>> = {
  'a header of other bytes': (file) => edit(file, (bytes) => bytes.fill('x', 0, 100)),
  'a first page of zeroes': (file) => edit(file, (bytes) => bytes.fill(0, 0, PAGE)),
  'a page of 0xff': (file) => {
    const page = pageOf(file, 'jobs');
    edit(file, (bytes) => bytes.fill(0xff, (page - 1) * PAGE, page * PAGE));
  },
  'a cut in half': (file) => truncateSync(file, Math.floor(readFileSync(file).length / 2)),
  'one bit of a page’s kind': (file) => {
    const page = pageOf(file, 'suggestions');
    edit(file, (bytes) => bytes.writeUInt8(bytes.readUInt8((page - 1) * PAGE) ^ 0x10, (page - 1) * PAGE));
  },
  'no bytes at all': (file) => truncateSync(file, 0),
  'a text file': (file) => writeFileSync(file, 'Dear diary, today I was no database.\n'.repeat(500)),
  'no file': (file) => rmSync(file),
};

/** One byte inside an index entry: what the quick check of a start does not see. */
export function breakIndex(file: string, index: string): void {
  const page = pageOf(file, index);
  // The cells stand at the end of a page; this one is the text of the first of them.
  edit(file, (bytes) => bytes.writeUInt8(bytes.readUInt8(page * PAGE - 8) ^ 0x01, page * PAGE - 8));
}
