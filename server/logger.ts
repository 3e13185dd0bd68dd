import pino, { type Logger } from 'pino';

export type { Logger };

/**
 * JSON lines on standard error, so that a command's own output stays clean. Keys and image bytes are never handed to
 * the logger; the redaction is a second lock on that door.
 */
export function createLogger(level: string): Logger {
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
    pino.destination({ dest: 2, sync: true }),
  );
}
