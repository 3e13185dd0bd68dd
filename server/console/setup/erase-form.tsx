import { useState } from 'preact/hooks';
import { isInstancePage } from '../connection/replies';
import { ask } from '../connection/request';
import { useResource } from '../connection/use-resource';
import { Failure } from '../parts/failure';
import { useUniqueId } from '../parts/use-unique-id';
import { Erasing } from './erasing';

const KINDS = {
  subject: { label: 'what was written for', hint: 'type and id, such as: attachment 7' },
  image: { label: 'the picture with the SHA-256', hint: '64 hexadecimal digits' },
} as const;
type Kind = keyof typeof KINDS;

/** What is meant, in words and as an address; null where the text names nothing. */
function targetOf(kind: Kind, text: string): { what: string; path: string } | null {
  const name = text.trim();
  if (kind === 'image') {
    const sha256 = name.toLowerCase();
    const isHash = /^[0-9a-f]{64}$/.test(sha256);
    return isHash ? { what: `the picture ${sha256.slice(0, 12)}…`, path: `/v1/images/${sha256}` } : null;
  }
  const [type = '', id = '', ...more] = name.split(/\s+/);
  if (type === '' || id === '' || more.length > 0) return null;
  const path = `/v1/subjects/${encodeURIComponent(type)}/${encodeURIComponent(id)}`;
  return { what: `what was written for ${type} ${id}`, path };
}

/** Erases a subject or a picture of the site that is logged in. */
export function EraseForm() {
  const id = useUniqueId();
  const instances = useResource('instances', (signal) => ask('/v1/instances', isInstancePage, { signal }));
  const [kind, setKind] = useState<Kind>('subject');
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [isWrong, setWrong] = useState(false);
  const [asked, setAsked] = useState<{ what: string; path: string } | null>(null);
  const items = instances.data?.items ?? [];
  const instance = chosen ?? items[0]?.id ?? '';
  const submit = (event: Event) => {
    event.preventDefault();
    const target = targetOf(kind, text);
    setWrong(target === null);
    setAsked(target);
  };
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Erase</h2>
      {instances.error === null ? null : <Failure error={instances.error} retry={instances.reload} />}
      <form class="fields fields-grid" onSubmit={submit}>
        <div class="field">
          <label for={`${id}-kind`}>Erase</label>
          <select
            id={`${id}-kind`}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value === 'image' ? 'image' : 'subject')}
          >
            {Object.entries(KINDS).map(([name, { label }]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </div>
        <div class="field wide">
          <label for={`${id}-text`}>Which</label>
          <input
            id={`${id}-text`}
            type="text"
            required
            maxLength={260}
            value={text}
            aria-invalid={isWrong}
            aria-describedby={`${id}-hint`}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <span id={`${id}-hint`} class={isWrong ? 'bad-text' : 'fine'} role={isWrong ? 'alert' : undefined}>
            {KINDS[kind].hint}
          </span>
        </div>
        {items.length < 2 ? null : (
          <div class="field">
            <label for={`${id}-instance`}>Of the installation</label>
            <select id={`${id}-instance`} value={instance} onChange={(event) => setChosen(event.currentTarget.value)}>
              {items.map((one) => (
                <option key={one.id ?? ''} value={one.id ?? ''}>
                  {one.address ?? one.id ?? 'clients that name none'}
                </option>
              ))}
            </select>
          </div>
        )}
        <button type="submit">Erase …</button>
      </form>
      {asked === null ? null : (
        <Erasing
          {...asked}
          instance={instance === '' ? null : instance}
          onDone={() => {
            setAsked(null);
            setText('');
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  );
}
