import type { Config } from '../../config';
import { Language } from '../../contract/language';
import { RunStore } from '../../review/run-store';
import { scopeNumbers } from '../../storage/list-scopes';
import { findPair, missingPair } from '../../translating/pairs';
import { ModelError } from '../../../models/model-error';
import { UsageError, type Say, type Words } from '../command';
import { withData } from '../live-data';

/** `altsmith languages translate`: begins a run for each installation; a running sidecar takes it up within a second. Throws ModelError. */
export async function translateExisting(words: Words, config: Config, { pulled, say }: { pulled: string; say: Say }) {
  const languages = words.positionals.slice(1).map((word) => {
    const parsed = Language.safeParse(word);
    if (!parsed.success) throw new UsageError(`"${word}" is no language; write a tag such as de or pt-BR.`);
    return parsed.data;
  });
  if (languages.length === 0) throw new UsageError('Name at least one language.');
  for (const language of languages) {
    if (findPair(pulled, language) === null) throw new ModelError('MODEL_FILE_MISSING', missingPair(language));
  }
  const which = words.isSet('approved') ? ('approved' as const) : ('all' as const);
  return withData(config, ({ storage, sites, record }) => {
    const wanted = words.text('site');
    const chosen = sites.list().filter(({ id }) => wanted === undefined || id === wanted);
    if (chosen.length === 0) throw new UsageError('There is no such site; "altsmith sites list" names them.');
    const runs = storage.transaction(() =>
      chosen.flatMap(({ id: siteId }) =>
        scopeNumbers(storage, { siteId, instance: null }).map(({ instance }) => {
          const name = `Translation into ${languages.join(', ')}`;
          const translate = { languages, which };
          const run = new RunStore(storage, siteId, null).create({ name, include_decided: false, translate }, instance);
          record('runs.create', run.id, { site_id: siteId, translate });
          return { id: run.id, site_id: siteId };
        }),
      ),
    );
    const one = runs.length === 1 ? 'A run has' : `${runs.length} runs have`;
    say({ runs }, [runs.length === 0 ? 'There is nothing to translate.' : `${one} begun; the console shows how far.`]);
    return 0;
  });
}
