import type { Draft, Entry } from './entry';
import { Source, writtenIn } from './source';
import { Video } from './video';
import { useUniqueId } from '../parts/use-unique-id';

interface TextsProps {
  readonly entry: Entry;
  readonly onEdit: (draft: Partial<Draft>) => void;
}

/** From about here on screen readers cannot be stopped in the middle; a warning, never a limit. */
const LONG = 150;

const FURTHER: readonly (readonly [Exclude<keyof Draft, 'source' | 'text_alternative'>, string])[] = [
  ['title', 'Title'],
  ['caption', 'Caption'],
  ['description', 'Description'],
  ['keywords', 'Keywords, with commas between'],
];

/** The alt text, ready to be edited where it stands, and the further fields. */
export function Texts({ entry, onEdit }: TextsProps) {
  const id = useUniqueId();
  const { draft, suggestion } = entry;
  const current = suggestion.current.alt_text ?? '';
  const length = draft.alt_text.length;
  const isVideo = suggestion.kind === 'video';
  return (
    <>
      <label class="label" for={`${id}-alt`}>
        {isVideo ? 'What the video shows, in one sentence' : 'Alt text'}
      </label>
      <textarea
        id={`${id}-alt`}
        class="alt-text"
        rows={2}
        lang={writtenIn(suggestion)}
        dir="auto"
        value={draft.alt_text}
        aria-describedby={`${id}-length`}
        onInput={(event) => onEdit({ alt_text: event.currentTarget.value })}
      />
      <p class={length > LONG && !isVideo ? 'fine warn-text' : 'fine'} id={`${id}-length`}>
        {length} characters
        {length > LONG && !isVideo ? ': long for an alt text; the page’s own text may be the better place' : ''}
      </p>
      <Source entry={entry} onEdit={onEdit} />
      <Video entry={entry} onEdit={onEdit} />
      {current === '' ? null : (
        <p>
          <span class="label">There now</span> {current}
        </p>
      )}
      {suggestion.text_in_picture === null ? null : (
        <p class="picture-words">
          <span class="label">Words in the picture</span> <span dir="auto">{suggestion.text_in_picture}</span>
        </p>
      )}
      {suggestion.alternatives.length === 0 ? null : (
        <div class="row chips" role="group" aria-label="Other ways to say it">
          {suggestion.alternatives.map((text) => (
            <button
              key={text}
              type="button"
              class="chip"
              lang={writtenIn(suggestion)}
              dir="auto"
              onClick={() => onEdit({ alt_text: text })}
            >
              {text}
            </button>
          ))}
        </div>
      )}
      <details>
        <summary>Title, caption, description, keywords</summary>
        {FURTHER.map(([name, label]) => (
          <div class="field" key={name}>
            <label for={`${id}-${name}`}>{label}</label>
            <input
              id={`${id}-${name}`}
              type="text"
              value={draft[name]}
              onInput={(event) => onEdit({ [name]: event.currentTarget.value })}
            />
          </div>
        ))}
      </details>
    </>
  );
}
