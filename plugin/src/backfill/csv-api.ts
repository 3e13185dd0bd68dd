import { __ } from '@wordpress/i18n';
import { call, RequestError } from '../shared/api';

/** One line of a file that changes something or cannot be used. */
export interface CsvLine {
  readonly line: number;
  readonly attachment_id: number;
  readonly file: string;
  readonly outcome: 'change' | 'conflict' | 'error';
  readonly message: string;
  readonly before: string;
  readonly after: string;
  readonly decorative: boolean;
}

/** What an import did or would do: lines by outcome, and those that are listed. */
export interface CsvResult {
  readonly counts: Readonly<Record<'change' | 'same' | 'conflict' | 'error', number>>;
  readonly items: readonly CsvLine[];
}

/** Lines that are listed; the others are only counted. */
const LISTED = 200;

/**
 * The text of a file. `Blob.text()` would put U+FFFD where bytes are no UTF-8, and a text may contain that character.
 * Rejects with a RequestError when the file is not UTF-8.
 */
export async function readCsv(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const message = __('The file is not UTF-8. Save it as “CSV UTF-8” in your spreadsheet program.', 'altsmith');
    throw new RequestError('not_utf8', message, 0);
  }
}

/**
 * Imports a file in several requests, or says what an import would do. `onProgress` gets the number of lines that are done.
 * Rejects with a RequestError.
 */
export async function importCsv(csv: string, dryRun: boolean, onProgress: (lines: number) => void): Promise<CsvResult> {
  let all: CsvResult = { counts: { change: 0, same: 0, conflict: 0, error: 0 }, items: [] };
  for (let from: number | null = 1; from !== null; ) {
    const part: CsvResult & { readonly next: number | null } = await call('POST', 'csv', { csv, dry_run: dryRun, from });
    const { counts } = all;
    all = {
      counts: {
        change: counts.change + part.counts.change,
        same: counts.same + part.counts.same,
        conflict: counts.conflict + part.counts.conflict,
        error: counts.error + part.counts.error,
      },
      items: [...all.items, ...part.items].slice(0, LISTED),
    };
    from = part.next;
    if (from !== null) onProgress(from - 1);
  }
  return all;
}
