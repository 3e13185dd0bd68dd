/** Events of `text/event-stream`. */
export function eventStream(events: readonly { readonly name?: string; readonly data: unknown }[]): string {
  return events
    .map(({ name, data }) => {
      const text = typeof data === 'string' ? data : JSON.stringify(data);
      return `${name === undefined ? '' : `event: ${name}\n`}data: ${text}\n\n`;
    })
    .join('');
}

/** A comment: clients skip it, and proxies see that the connection lives. */
export const ALIVE = ': waiting\n\n';

export const EVENT_STREAM = { 'content-type': 'text/event-stream; charset=utf-8' } as const;

/** Each piece is an object of its own in the stream; a caption has 10 to 50 words. */
const MOST_PIECES = 200;

/** A text in the pieces in which it would have been written: words with the space before them; several each in a long text. */
export function piecesOf(text: string): string[] {
  const words = text.split(/(?<=\S)(?=\s)/u).filter((word) => word !== '');
  const each = Math.ceil(words.length / MOST_PIECES);
  if (each <= 1) return words;
  return Array.from({ length: Math.ceil(words.length / each) }, (_, at) =>
    words.slice(at * each, (at + 1) * each).join(''),
  );
}
