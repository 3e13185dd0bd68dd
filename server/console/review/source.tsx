import type { TranslationReply } from '../../contract/translation';
import type { Suggestion } from '../../contract/suggestion';
import { useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { ask } from '../connection/request';
import { isText, shape } from '../connection/shape';
import { announce } from '../parts/announcer';
import { Failure } from '../parts/failure';
import { useUniqueId } from '../parts/use-unique-id';
import type { Draft, Entry } from './entry';

const isReply = shape<Pick<TranslationReply, 'text'>>({ text: isText });

/** The language that the texts of a suggestion are in now: English until they are translated. */
export function writtenIn({ language, source, translator }: Suggestion): string {
  return source !== null && translator === null ? 'en' : language;
}

const nameOf = (language: string) => new Intl.DisplayNames('en', { type: 'language' }).of(language) ?? language;

interface SourceProps {
  readonly entry: Entry;
  readonly onEdit: (draft: Partial<Draft>) => void;
}

/** The English that a text was translated from, to be compared and corrected. Nothing for a text that is English itself. */
export function Source({ entry: { suggestion, draft }, onEdit }: SourceProps) {
  const id = useUniqueId();
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (suggestion.source === null) return null;
  const { language, translator } = suggestion;
  const translate = () => {
    setBusy(true);
    ask('/v1/translations', isReply, { method: 'POST', json: { text: draft.source, to: language } })
      .then(({ text }) => {
        setError(null);
        onEdit({ alt_text: text });
        announce(`Translated: ${text}`);
      })
      .catch((thrown: unknown) => setError(toApiError(thrown)))
      .finally(() => setBusy(false));
  };
  return (
    <>
      <label class="label" for={id}>
        English
      </label>
      <textarea
        id={id}
        rows={2}
        lang="en"
        dir="ltr"
        value={draft.source}
        onInput={(event) => onEdit({ source: event.currentTarget.value })}
      />
      <div class="row">
        <button type="button" class="small" disabled={isBusy || draft.source.trim() === ''} onClick={translate}>
          Translate again into {nameOf(language)}
        </button>
        {translator === null ? null : <span class="fine">Translated by {translator.id}</span>}
      </div>
      {error === null ? null : <Failure error={error} />}
    </>
  );
}
