import type { Writable } from 'node:stream';
import { z } from 'zod';
import type { LogDestination } from '../logger';

/** What is told of a line of the log; everything else in it is for those who search a log. */
const Line = z.object({
  level: z.number(),
  msg: z.string().default(''),
  /** A whole sentence for people, which says more than `msg`. */
  reason: z.string().optional().catch(undefined),
  /** What a person wants to know though nothing is wrong. */
  told: z.string().optional().catch(undefined),
  err: z.object({ message: z.string() }).optional().catch(undefined),
});
const WARNING = 40;
const ERROR = 50;

/** A log for a person at a terminal: one plain line for each warning, each error, and what is to be told besides. */
export function terminalLog(stream: Writable): LogDestination {
  return {
    write: (json) => {
      stream.write(inWords(json));
    },
  };
}

function inWords(json: string): string {
  try {
    const { level, msg, reason, told, err } = Line.parse(JSON.parse(json));
    if (level < WARNING) return told === undefined ? '' : lineOf('news', told);
    const cause = err === undefined ? '' : `: ${err.message.replace(/\s+/g, ' ')}`;
    return lineOf(level >= ERROR ? 'error' : 'note', reason ?? `${msg}${cause}`);
  } catch {
    // No line of ours: better told as it is than not at all.
    return json;
  }
}

/** In the columns of `altsmith start`. */
function lineOf(label: string, text: string): string {
  return `  ${label.padEnd(9)}${text}\n`;
}
