import type { CaptionOptions } from '../../models/captioner';

/**
 * How suggestions are decoded. Three beams cost little more than one on the models here and give the person a choice;
 * the same picture, model and settings always give the same words.
 */
export const SUGGESTION_SETTINGS = { beams: 3, candidates: 3 } as const satisfies CaptionOptions;

/** Number of the rules that sentences are polished and read by (text/reading.ts). */
export const READING_RULES = 3;
