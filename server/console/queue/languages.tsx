import type { ListedLanguage, SiteProfile } from '../../contract/site';
import { useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { ask, tell } from '../connection/request';
import { isText, listOf, orNull, shape } from '../connection/shape';
import { useResource } from '../connection/use-resource';
import { announce } from '../parts/announcer';
import { Failure } from '../parts/failure';
import { useUniqueId } from '../parts/use-unique-id';

type OwnLanguages = Pick<SiteProfile, 'languages' | 'translators'>;

const isReply = shape<{ site: OwnLanguages }>({
  site: shape<OwnLanguages>({
    languages: listOf(isText),
    translators: listOf(shape<ListedLanguage>({ language: isText, translator: orNull(isText) })),
  }),
});
const EVERY_MS = 10_000;

const load = async (signal: AbortSignal) => (await ask('/v1/site', isReply, { signal })).site;

/** "German (de)"; a tag that has no name stands for itself. */
function nameOf(tag: string): string {
  const name = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(tag);
  return name === undefined ? tag : `${name} (${tag})`;
}

/** The languages of the site's texts, and the translation of what is there already. */
export function Languages({ onBegun }: { onBegun: () => void }) {
  const site = useResource('site', load, EVERY_MS);
  const id = useUniqueId();
  const [error, setError] = useState<ApiError | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  if (site.data === null) return null;
  const { languages, translators } = site.data;
  const failed = (thrown: unknown) => setError(toApiError(thrown));
  const keep = () => {
    const wanted = (typed ?? '').split(',').map((one) => one.trim()).filter((one) => one !== ''); // prettier-ignore
    ask('/v1/site', isReply, { method: 'PUT', json: { languages: wanted } })
      .then(() => {
        setError(null);
        setTyped(null);
        announce('The languages of the site are kept.');
        site.reload();
      })
      .catch(failed);
  };
  const translate = (language: string, which: 'all' | 'approved') => {
    tell('/v1/runs', {
      method: 'POST',
      json: { name: `Translation into ${nameOf(language)}`, translate: { languages: [language], which } },
    })
      .then(() => {
        setError(null);
        announce(`The translation into ${nameOf(language)} has begun.`);
        onBegun();
      })
      .catch(failed);
  };
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Languages</h2>
      {error === null ? null : <Failure error={error} />}
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          keep();
        }}
      >
        <label for={`${id}-list`}>Languages where a request names none, such as “de, fr”</label>
        <input
          id={`${id}-list`}
          class="grow"
          type="text"
          value={typed ?? languages.join(', ')}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="submit" disabled={typed === null}>
          Save
        </button>
      </form>
      <ul class="plain-list">
        {translators.map(({ language, translator }) => (
          <Line key={language} language={language} translator={translator} onTranslate={translate} />
        ))}
      </ul>
      {translators.length > 0 ? null : (
        <p class="fine">
          No translator is here: texts are English. <code>altsmith languages pull de</code> gets one, for German.
        </p>
      )}
    </section>
  );
}

function whatTranslates(language: string, translator: string | null): string {
  if (translator !== null) return `translated by ${translator}`;
  return /^en\b/.test(language)
    ? 'what the models write'
    : `no translator is here; “altsmith languages pull ${language}” gets one`;
}

interface LineProps extends ListedLanguage {
  readonly onTranslate: (language: string, which: 'all' | 'approved') => void;
}

function Line({ language, translator, onTranslate }: LineProps) {
  const into = <span class="unseen"> into {nameOf(language)}</span>;
  return (
    <li class="row spread">
      <span>
        {nameOf(language)}
        <span class="fine"> {whatTranslates(language, translator)}</span>
      </span>
      {translator === null ? null : (
        <span class="row">
          <button type="button" class="small" onClick={() => onTranslate(language, 'all')}>
            Translate what is there{into}
          </button>
          <button type="button" class="small" onClick={() => onTranslate(language, 'approved')}>
            Only what is approved{into}
          </button>
        </span>
      )}
    </li>
  );
}
