import type { CatalogueEntry } from './start-errors';

/** What can be wrong with the language of a text. */
export const LANGUAGE_ERRORS = {
  LANGUAGE_NOT_POSSIBLE: { status: 422, message: 'No translator here knows this language.', retryable: false },
  LANGUAGE_UNKNOWN: {
    status: 422,
    message:
      'This is no language that texts are written in; send a BCP 47 tag such as de or pt-BR, or leave the language out.',
    retryable: false,
  },
  LANGUAGE_NOT_PULLED: {
    status: 409,
    message:
      'No translator for this language is here; run "altsmith languages pull" with it on the machine of the sidecar, or see "altsmith languages list".',
    retryable: false,
  },
  TOO_MANY_TRANSLATION_RUNS: {
    status: 429,
    message:
      'The site has as many runs that translate as may be under way at a time; wait until one of them has gone through all texts, or cancel one.',
    retryable: true,
  },
  TRANSLATOR_CRASHED: {
    status: 502,
    message: 'The process of the translator ended, or hung, while it had this text.',
    retryable: true,
  },
  TRANSLATION_FAILED: {
    status: 422,
    message: 'The translator made no text of this one; write the translation yourself, or change the English.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
