import type { AccessKey, NewKeyReply } from '../../contract/admin';
import { useState } from 'preact/hooks';
import { announce } from '../parts/announcer';
import { Dialog } from '../parts/dialog';
import { Empty, Loading } from '../parts/placeholder';
import { KeyTable } from './key-table';
import { NewKey } from './new-key';
import { createKey, revokeKey, rotateKey, type Administration } from './use-administration';
import { useUniqueId } from '../parts/use-unique-id';

/** What the new key is for: a site, by its id, or one of the scopes without a site. */
type Owner = { readonly scope: 'worker' | 'admin' | 'metrics' } | { readonly scope: 'site'; readonly site_id: string };

function ownerOf(text: string): Owner {
  return text === 'worker' || text === 'admin' || text === 'metrics'
    ? { scope: text }
    : { scope: 'site', site_id: text };
}

export function Keys({ administration }: { administration: Administration }) {
  const { keys, sites, act, error } = administration;
  const id = useUniqueId();
  const [made, setMade] = useState<NewKeyReply | null>(null);
  const [revoking, setRevoking] = useState<AccessKey | null>(null);

  const show = (reply: NewKeyReply | null) => {
    if (reply === null) return;
    setMade(reply);
    announce('The new key is shown this once. Copy it now.');
  };
  const revoke = (key: AccessKey) => {
    setRevoking(null);
    void act(() => revokeKey(key.id)).then(() => announce(`The key ${key.name} no longer opens anything.`));
  };
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Keys</h2>
      {keys === null && error === null ? <Loading what="keys" /> : null}
      {keys?.length === 0 ? <Empty title="There is no key." /> : null}
      {made === null ? null : <NewKey made={made} onClose={() => setMade(null)} />}
      {keys === null || keys.length === 0 ? null : (
        <KeyTable
          keys={keys}
          sites={sites ?? []}
          onRotate={(key) => void act(() => rotateKey(key.id)).then(show)}
          onRevoke={setRevoking}
        />
      )}
      <KeyForm administration={administration} onWish={(wish) => void act(() => createKey(wish)).then(show)} />
      {revoking === null ? null : (
        <Dialog title={`Revoke “${revoking.name}”?`} onClose={() => setRevoking(null)}>
          <p>
            Whoever uses this key is locked out at once. It cannot be undone; rotate it instead to change it gently.
          </p>
          <button type="button" class="danger" onClick={() => revoke(revoking)}>
            Revoke the key
          </button>
        </Dialog>
      )}
    </section>
  );
}

interface KeyFormProps {
  readonly administration: Administration;
  readonly onWish: (wish: { name: string } & Owner) => void;
}

function KeyForm({ administration, onWish }: KeyFormProps) {
  const id = useUniqueId();
  const sites = administration.sites ?? [];
  const [name, setName] = useState('');
  const [owner, setOwner] = useState('');
  const chosen = owner === '' ? (sites[0]?.id ?? 'admin') : owner;
  const submit = (event: Event) => {
    event.preventDefault();
    if (name.trim() === '') return;
    onWish({ name: name.trim(), ...ownerOf(chosen) });
    setName('');
  };
  return (
    <form class="fields" onSubmit={submit}>
      <div class="field">
        <label for={`${id}-name`}>Name of a new key</label>
        <input
          id={`${id}-name`}
          type="text"
          maxLength={200}
          placeholder="who or what uses it"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <div class="field">
        <label for={`${id}-owner`}>For</label>
        <select id={`${id}-owner`} value={chosen} onChange={(event) => setOwner(event.currentTarget.value)}>
          {sites.map((site) => (
            <option key={site.id} value={site.id}>
              the site {site.name}
            </option>
          ))}
          <option value="worker">a worker on another machine</option>
          <option value="metrics">a monitoring system (figures only)</option>
          <option value="admin">an administrator</option>
        </select>
      </div>
      <button type="submit">Make key</button>
    </form>
  );
}
