import type { Config } from '../../config';
import type { DataFolder } from '../../storage/data-folder';

/** `note`: worth knowing, and no reason not to start. */
export type FindingState = 'ok' | 'note' | 'problem';

export interface Finding {
  readonly state: FindingState;
  /** What was seen, as one plain sentence. */
  readonly sentence: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** What a check may look at. */
export interface Ground {
  readonly config: Config;
  readonly data: DataFolder;
  /** True when a sidecar holds the data folder at this moment. */
  readonly isRunning: boolean;
  /** Names and values of the environment, for checks of the settings themselves. */
  readonly env: NodeJS.ProcessEnv;
}

export type Look = (ground: Ground) => Promise<readonly Finding[]> | readonly Finding[];

export const ok = (sentence: string): Finding => ({ state: 'ok', sentence });
export const note = (sentence: string, advice?: string): Finding => finding('note', sentence, advice);
export const problem = (sentence: string, advice?: string): Finding => finding('problem', sentence, advice);

function finding(state: FindingState, sentence: string, advice?: string): Finding {
  return { state, sentence, ...(advice === undefined ? {} : { advice }) };
}
