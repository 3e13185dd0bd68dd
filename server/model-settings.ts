import { z } from 'zod';
import { hubName } from '../models/fetch/hub-settings';
import { knownModels } from '../models/registry';

/** Settings of how the model changes by itself and what is read beside it, as a part of Environment in server/config.ts. */
export const MODEL_SETTINGS = {
  ALTSMITH_FETCH: z
    .enum(['auto', 'never'])
    .default('auto')
    .describe(
      'auto: while only the demonstration model is here, and neither ALTSMITH_MODEL nor "altsmith models use" names one, ALTSMITH_FETCH_MODEL is fetched in the background and used once it is there. never: nothing is fetched by itself.',
    ),
  ALTSMITH_FETCH_MODEL: z.string().default('blip-base').describe('The model that is fetched by itself.'),
  ALTSMITH_RESUGGEST: z
    .enum(['demonstration', 'never', 'any'])
    .default('demonstration')
    .describe(
      'What is asked again after a change of model, as long as nobody has decided about it: texts of a demonstration model, nothing, or any.',
    ),
  ALTSMITH_READ_WORDS: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether the words in pictures are read beside their captions. off saves the memory and the time that reading takes; on a sidecar it holds for workers elsewhere, too.',
    ),
};

/** What is fetched by itself. */
export interface FetchSettings {
  readonly id: string;
  /** Name of the host it comes from. */
  readonly hub: string;
}

/** Null: nothing. Adds to `problems` where the model is no captioner that can be pulled. */
export function readFetch(
  settings: { readonly ALTSMITH_FETCH: 'auto' | 'never'; readonly ALTSMITH_FETCH_MODEL: string },
  env: NodeJS.ProcessEnv,
  problems: string[],
): FetchSettings | null {
  const id = settings.ALTSMITH_FETCH_MODEL;
  const possible = knownModels().filter(
    (model) => model.source !== null && !model.answers_questions && model.translation === undefined,
  );
  if (!possible.some((model) => model.id === id))
    problems.push(`ALTSMITH_FETCH_MODEL: must be one of ${possible.map((model) => model.id).join(', ')}`);
  return settings.ALTSMITH_FETCH === 'auto' ? { id, hub: hubName(env) } : null;
}
