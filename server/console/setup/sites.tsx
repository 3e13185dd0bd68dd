import { useState } from 'preact/hooks';
import { announce } from '../parts/announcer';
import { Failure } from '../parts/failure';
import { Empty, Loading } from '../parts/placeholder';
import { createSite, type Administration } from './use-administration';
import { useUniqueId } from '../parts/use-unique-id';

export function Sites({ administration }: { administration: Administration }) {
  const { sites, error, reload, act } = administration;
  const id = useUniqueId();
  const [name, setName] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '') return;
    void act(() => createSite(wanted).then(() => true)).then((isDone) => {
      if (isDone === null) return;
      setName('');
      announce(`The site ${wanted} was made. Now make a key for it.`);
    });
  };
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Sites</h2>
      {error === null ? null : <Failure error={error} retry={reload} />}
      {sites === null && error === null ? <Loading what="sites" /> : null}
      {sites?.length === 0 ? <Empty title="There is no site yet." /> : null}
      <ul class="plain-list">
        {(sites ?? []).map((site) => (
          <li key={site.id} class="row spread">
            <strong>{site.name}</strong>
            <span class="fine">
              <code>{site.id}</code>
              {site.auto_approve_from === null
                ? ' · a person approves everything'
                : ` · approves by itself from ${Math.round(site.auto_approve_from * 100)} %`}
            </span>
          </li>
        ))}
      </ul>
      <form class="row" onSubmit={submit}>
        <label for={id}>Name of a new site</label>
        <input
          id={id}
          class="grow"
          type="text"
          maxLength={200}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit">Add site</button>
      </form>
    </section>
  );
}
