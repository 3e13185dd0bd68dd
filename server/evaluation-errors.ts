import type { CatalogueEntry } from './start-errors';

/** Why models cannot be compared with the texts that people wrote. */
export const EVALUATION_ERRORS = {
  EVALUATION_TEXTS_MISSING: {
    status: 422,
    message:
      'There are no texts to compare with: the folder needs an alt-texts.json, a list of {"file", "alt_texts": [...]}, beside its pictures.',
    retryable: false,
  },
  EVALUATION_TOO_SMALL: {
    status: 422,
    message:
      'There are fewer than 50 pictures with a text that a person wrote, which is too few to tell models apart; give more of them.',
    retryable: false,
  },
  EVALUATION_LANGUAGE: {
    status: 422,
    message:
      'The texts are not in English, and no translator into their language is here: get one with "altsmith languages pull", or name the language of the texts.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
