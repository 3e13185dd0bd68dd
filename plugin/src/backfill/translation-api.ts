import { call } from '../shared/api';

export type Which = 'all' | 'approved';

/** The latest run that translates what is there, as `GET translation` describes it. */
export interface TranslationRun {
  readonly id: string;
  readonly state: 'running' | 'paused' | 'done' | 'cancelled' | 'undone';
  /** BCP 47. */
  readonly language: string;
  /** Null until all suggestions have been looked through. */
  readonly total: number | null;
  readonly ended: number;
  readonly done: number;
  readonly failed: number;
  /** Translations that nobody has decided on yet. */
  readonly pending: number;
}

export interface Translation {
  /** WordPress's names of the languages to choose from; none where the site is in English only. */
  readonly languages: readonly string[];
  readonly run: TranslationRun | null;
}

export type TranslationAction = 'start' | 'pause' | 'resume' | 'cancel';

export const readTranslation = (): Promise<Translation> => call('GET', 'translation');

/** Resolves to what readTranslation() gives then. */
export const actOnTranslation = (
  action: TranslationAction,
  choice: { readonly language?: string; readonly which?: Which } = {},
): Promise<Translation> => call('POST', 'translation', { action, ...choice });
