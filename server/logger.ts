import pino, { type Logger } from 'pino';

export type { Logger };

/** Bytes of lines kept for a standard error that takes none now; later lines are dropped. */
const MOST_UNWRITTEN = 1_000_000;

/** Where lines go; each ends with a line feed. */
export interface LogDestination {
  write(line: string): void;
}

function standardError(): LogDestination {
  const destination = pino.destination({ dest: 2, sync: true, maxLength: MOST_UNWRITTEN });
  // Standard error may be a file on a full disk: a line that cannot be written must not end the process.
  destination.on('error', () => undefined);
  return destination;
}

/**
 * JSON lines, on standard error unless told otherwise, so that a command's own output stays clean; logging never throws. Keys and image bytes
 * are never handed to the logger; the redaction is there in case one is.
 */
export function createLogger(level: string, destination: LogDestination = standardError()): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ['authorization', '*.authorization', 'key', '*.key', 'headers.authorization'],
        censor: '[removed]',
      },
    },
    destination,
  );
}
