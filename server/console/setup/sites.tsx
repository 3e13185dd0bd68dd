import type { Site, SiteChange } from '../../contract/admin';
import type { ModelRef } from '../../contract/primitives';
import { useState } from 'preact/hooks';
import { inBytes } from '../parts/amounts';
import { announce } from '../parts/announcer';
import { Failure } from '../parts/failure';
import { Empty, Loading } from '../parts/placeholder';
import { approvalSentence } from './approval-sentence';
import { Erasing } from './erasing';
import { SiteForm } from './site-form';
import { changeSite, createSite, type Administration } from './use-administration';
import { useUniqueId } from '../parts/use-unique-id';

export function Sites({ administration }: { administration: Administration }) {
  const { sites, settings, models, error, reload, act } = administration;
  const id = useUniqueId();
  const [name, setName] = useState('');
  const [changing, setChanging] = useState<Site | null>(null);
  const [erasing, setErasing] = useState<Site | null>(null);
  const change = (wanted: SiteChange) => {
    const site = changing;
    setChanging(null);
    if (site === null) return;
    void act(() => changeSite(site.id, wanted).then(() => true)).then((isDone) => {
      if (isDone !== null) announce(`The site ${site.name} was changed.`);
    });
  };
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
          <Line
            key={site.id}
            site={site}
            models={models}
            onChange={() => setChanging(site)}
            onErase={() => setErasing(site)}
          />
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
      {changing === null || settings === null ? null : (
        <SiteForm site={changing} settings={settings} onChange={change} onClose={() => setChanging(null)} />
      )}
      {erasing === null ? null : (
        <Erasing
          what={`the site “${erasing.name}”`}
          path={`/v1/admin/sites/${erasing.id}`}
          isSite
          onDone={() => {
            setErasing(null);
            reload();
          }}
          onClose={() => setErasing(null)}
        />
      )}
    </section>
  );
}

interface LineProps {
  readonly site: Site;
  readonly models: readonly ModelRef[];
  readonly onChange: () => void;
  readonly onErase: () => void;
}

function Line({ site, models, onChange, onErase }: LineProps) {
  const { storage, limits } = site;
  const bytes = storage.image_bytes + storage.thumbnail_bytes;
  return (
    <li>
      <div class="row spread">
        <strong>{site.name}</strong>
        <span class="row">
          <button type="button" class="small" onClick={onChange}>
            Change …<span class="unseen"> {site.name}</span>
          </button>
          <button type="button" class="small danger" onClick={onErase}>
            Erase …<span class="unseen"> {site.name}</span>
          </button>
        </span>
      </div>
      <p class="fine">
        {site.erasing_since === null ? null : 'Being erased; it leaves this list when nothing of it is left. · '}
        <code>{site.id}</code> · {inBytes(bytes)} on disk
        {limits.bytes === null ? '' : ` of ${inBytes(limits.bytes)}`} · {approvalSentence(site, models)}
      </p>
    </li>
  );
}
