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

/** A text in the pieces in which it would have been written: words with the space before them. */
export function piecesOf(text: string): string[] {
  return text.split(/(?<=\S)(?=\s)/u).filter((piece) => piece !== '');
}
