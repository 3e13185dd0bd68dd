import type { CatalogueEntry } from './start-errors';

/** Errors of pulling and choosing models, as a part of the catalogue in server/errors.ts. */
export const MODEL_ERRORS = {
  MODEL_UNKNOWN: { status: 404, message: 'There is no model of this name.', retryable: false },
  MODEL_NOT_HERE: { status: 409, message: 'This model is not here yet; pull it first.', retryable: false },
  MODEL_FIXED: {
    status: 409,
    message: 'The setting ALTSMITH_MODEL names the model; take it out of the settings to choose one here.',
    retryable: false,
  },
  PULL_NOT_POSSIBLE: {
    status: 409,
    message: 'Another model is being pulled, or this one ships with Altsmith.',
    retryable: true,
  },
  MODEL_TOO_LARGE: {
    status: 503,
    message: 'The model needs more memory than there is; choose a smaller one, "altsmith doctor" recommends one.',
    retryable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
