import type { GlossaryEntry } from '../../contract/glossary';
import { useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { ask } from '../connection/request';
import { useResource } from '../connection/use-resource';
import { announce } from '../parts/announcer';
import { Failure } from '../parts/failure';
import { Empty, Loading } from '../parts/placeholder';
import { EntryForm } from './entry-form';
import { EntryTable } from './entry-table';
import { isGlossaryReply } from './reply';

const PATH = '/v1/site';

/** The words of the site's owner: what is to be said, and in the place of what. */
export function GlossaryPage() {
  const site = useResource(PATH, (signal) => ask(PATH, isGlossaryReply, { signal }));
  const [saved, setSaved] = useState<readonly GlossaryEntry[] | null>(null);
  const [edited, setEdited] = useState<GlossaryEntry | 'new' | null>(null);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const entries = saved ?? site.data?.site.glossary ?? null;

  const keep = async (glossary: readonly GlossaryEntry[], said: string) => {
    try {
      const reply = await ask(PATH, isGlossaryReply, { method: 'PUT', json: { glossary } });
      setSaved(reply.site.glossary);
      setEdited(null);
      setRefusal(null);
      announce(said);
    } catch (thrown) {
      setRefusal(toApiError(thrown));
    }
  };
  const others = (entry: GlossaryEntry) => (entries ?? []).filter((other) => other !== entry);

  return (
    <section class="card" aria-labelledby="glossary-title">
      <div class="row spread">
        <h2 id="glossary-title">Words of this site</h2>
        <button type="button" class="main" disabled={entries === null} onClick={() => setEdited('new')}>
          Add a word
        </button>
      </div>
      <p>
        A word here is preferred among the sentences that the model offers and while they are searched, and it takes the
        place of the words that you name. Suggestions say where that happened. Nothing that was suggested before
        changes.
      </p>
      {site.error === null ? null : <Failure error={site.error} retry={site.reload} />}
      {refusal === null || edited !== null ? null : <Failure error={refusal} />}
      {entries === null && site.error === null ? <Loading what="the words" /> : null}
      {entries?.length === 0 ? <Empty title="There are no words of your own yet." /> : null}
      {entries === null || entries.length === 0 ? null : (
        <EntryTable
          entries={entries}
          onEdit={setEdited}
          onRemove={(entry) => void keep(others(entry), `“${entry.term}” was removed.`)}
        />
      )}
      {edited === null || entries === null ? null : (
        <EntryForm
          entry={edited === 'new' ? null : edited}
          refusal={refusal}
          onClose={() => {
            setEdited(null);
            setRefusal(null);
          }}
          onSave={(entry) =>
            void keep(edited === 'new' ? [...entries, entry] : [...others(edited), entry], `“${entry.term}” was saved.`)
          }
        />
      )}
    </section>
  );
}
