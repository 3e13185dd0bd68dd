import type { Response } from 'express';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

/** Rows whose JSON is written in one turn of the event loop: at most some milliseconds with texts at their limits. */
const ROWS_A_TURN = 20;
/** Characters up to which Express sends an answer, with an ETag; that of a larger one takes longer than it can save. */
const SMALL = 256_000;

/** A body that is a list, such as a page or the answers to many decisions. */
export interface ListBody {
  readonly items: readonly unknown[];
}

export function isListBody(body: unknown): body is ListBody {
  return typeof body === 'object' && body !== null && 'items' in body && Array.isArray(body.items);
}

/** Sends a list as JSON, with turns of the event loop between its rows. */
export async function sendList(response: Response, { items, ...rest }: ListBody): Promise<void> {
  const pieces: string[] = [];
  for (let from = 0; from < items.length; from += ROWS_A_TURN) {
    if (from > 0) await yieldToEventLoop();
    const rows = items.slice(from, from + ROWS_A_TURN).map((row) => JSON.stringify(row));
    pieces.push(`${from === 0 ? '' : ','}${rows.join()}`);
  }
  const other = JSON.stringify(rest).slice(1);
  const texts = ['{"items":[', ...pieces, other === '}' ? ']}' : `],${other}`];
  response.type('json');
  if (texts.reduce((length, text) => length + text.length, 0) <= SMALL) {
    response.send(texts.join(''));
    return;
  }
  response.setHeader(
    'content-length',
    texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0),
  );
  for (const text of texts) {
    response.write(text);
    await yieldToEventLoop();
  }
  response.end();
}
