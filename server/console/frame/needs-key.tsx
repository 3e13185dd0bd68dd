import { KeyForm } from './key-form';

const WORDS = {
  site: {
    title: 'This page needs a site’s key',
    text: 'You are logged in as administrator. An administrator’s key makes sites and keys; pictures, queue and review belong to a site. Make a site key on the Set-up page, or give one here.',
    label: 'Site key',
  },
  admin: {
    title: 'This part needs an administrator’s key',
    text: 'A site’s key cannot see other sites, machines or what administrators did, and makes no keys. On the sidecar’s machine, “altsmith keys create --scope admin” makes one that can.',
    label: 'Administrator’s key',
  },
} as const;

/** What a person sees whose key does not reach: why, and the way on. */
export function NeedsKey({ kind }: { kind: 'site' | 'admin' }) {
  const { title, text, label } = WORDS[kind];
  return (
    <section class="card narrow">
      <h2>{title}</h2>
      <p>{text}</p>
      <KeyForm label={label} />
    </section>
  );
}
