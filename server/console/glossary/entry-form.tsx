import type { GlossaryEntry } from '../../contract/glossary';
import { useState } from 'preact/hooks';
import type { ApiError } from '../connection/api-error';
import { Dialog } from '../parts/dialog';
import { Failure } from '../parts/failure';
import { useUniqueId } from '../parts/use-unique-id';

interface EntryFormProps {
  /** null: a new one. */
  readonly entry: GlossaryEntry | null;
  readonly refusal: ApiError | null;
  readonly onSave: (entry: GlossaryEntry) => void;
  readonly onClose: () => void;
}

const wordsOf = (text: string) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** One word of the owner. */
export function EntryForm({ entry, refusal, onSave, onClose }: EntryFormProps) {
  const [term, setTerm] = useState(entry?.term ?? '');
  const [forms, setForms] = useState(entry?.forms.join(', ') ?? '');
  const [others, setOthers] = useState(entry?.instead_of.join(', ') ?? '');
  const [language, setLanguage] = useState(entry?.language ?? 'en');
  const [isName, setIsName] = useState(entry?.is_name ?? false);
  const nameId = useUniqueId();
  const submit = (event: Event) => {
    event.preventDefault();
    onSave({
      term: term.trim(),
      forms: wordsOf(forms),
      instead_of: wordsOf(others),
      is_name: isName,
      language: language.trim(),
    });
  };
  return (
    <Dialog title={entry === null ? 'Add a word' : `Change “${entry.term}”`} onClose={onClose}>
      <form onSubmit={submit}>
        {refusal === null ? null : <Failure error={refusal} />}
        <div class="fields">
          <Field label="Say" value={term} onInput={setTerm} isNeeded />
          <Field label="Other forms" hint="such as a plural; commas between them" value={forms} onInput={setForms} />
          <Field
            label="Instead of"
            hint="words not to be said; commas between them"
            value={others}
            onInput={setOthers}
          />
          <Field
            label="Language"
            hint="of the texts, such as en or pt-BR"
            value={language}
            onInput={setLanguage}
            isNeeded
          />
          <div class="field">
            <label for={nameId}>
              <input
                id={nameId}
                type="checkbox"
                checked={isName}
                onChange={(event) => setIsName(event.currentTarget.checked)}
              />{' '}
              The name of a product or place: keep its letters as they are here
            </label>
          </div>
        </div>
        <button type="submit" class="main">
          Save
        </button>
      </form>
    </Dialog>
  );
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly isNeeded?: boolean;
}

function Field({ label, hint, value, onInput, isNeeded = false }: FieldProps) {
  const id = useUniqueId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={value}
        required={isNeeded}
        maxLength={2000}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint === undefined ? null : (
        <span id={`${id}-hint`} class="fine">
          {hint}
        </span>
      )}
    </div>
  );
}
