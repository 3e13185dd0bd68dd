import type { AccessKey, Site } from '../../contract/admin';

interface KeyTableProps {
  readonly keys: readonly AccessKey[];
  readonly sites: readonly Site[];
  readonly onRotate: (key: AccessKey) => void;
  readonly onRevoke: (key: AccessKey) => void;
}

const SCOPE_WORDS: Readonly<Record<AccessKey['scope'], string>> = {
  site: 'site',
  worker: 'worker',
  admin: 'administrator',
  metrics: 'figures',
};

const day = (timestamp: string) => timestamp.slice(0, 10);

function standing(key: AccessKey, now: number): { words: string; isAlive: boolean } {
  if (key.revoked_at !== null) return { words: `revoked ${day(key.revoked_at)}`, isAlive: false };
  if (key.expires_at === null) return { words: 'works', isAlive: true };
  if (Date.parse(key.expires_at) <= now) return { words: `ended ${day(key.expires_at)}`, isAlive: false };
  return { words: `works until ${key.expires_at.slice(0, 16).replace('T', ' ')} UTC`, isAlive: true };
}

export function KeyTable({ keys, sites, onRotate, onRevoke }: KeyTableProps) {
  const now = Date.now();
  const siteName = (id: string) => sites.find((site) => site.id === id)?.name ?? id;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table of keys">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">For</th>
            <th scope="col">Made</th>
            <th scope="col">State</th>
            <th scope="col">
              <span class="unseen">What you can do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => {
            const { words, isAlive } = standing(key, now);
            return (
              <tr key={key.id} class={isAlive ? '' : 'ended'}>
                <td>
                  {key.name}
                  <br />
                  <code class="fine">alt_{key.id}_…</code>
                </td>
                <td>
                  {SCOPE_WORDS[key.scope]}
                  {key.site_id === null ? '' : ` ${siteName(key.site_id)}`}
                </td>
                <td class="nowrap">{day(key.created_at)}</td>
                <td>{words}</td>
                <td class="nowrap">
                  {isAlive ? (
                    <span class="row">
                      <button type="button" class="small" onClick={() => onRotate(key)}>
                        Rotate<span class="unseen"> {key.name}</span>
                      </button>
                      <button type="button" class="small" onClick={() => onRevoke(key)}>
                        Revoke<span class="unseen"> {key.name}</span>
                      </button>
                    </span>
                  ) : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
