import type { AuditEntry } from '../../contract/admin';
import { useState } from 'preact/hooks';
import { isAuditPage, isKeyPage } from '../connection/admin-replies';
import { query } from '../connection/query';
import { ask } from '../connection/request';
import { useAdminResource } from '../connection/use-admin-resource';
import { Failure } from '../parts/failure';
import { Pager } from '../parts/pager';
import { Empty, Loading } from '../parts/placeholder';

const PAGE = 50;

/** What administrators did, newest first. */
export function AuditPage() {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const path = `/v1/admin/audit${query({ after: cursors.at(-1), limit: PAGE })}`;
  const entries = useAdminResource(path, (signal) => ask(path, isAuditPage, { signal }));
  const keys = useAdminResource('keys of the audit log', (signal) => ask('/v1/admin/keys', isKeyPage, { signal }));
  const { data, error } = entries;
  const nameOf = (id: string) => keys.data?.items.find((key) => key.id === id)?.name ?? id;
  return (
    <section class="card" aria-labelledby="audit-title">
      <div class="row spread">
        <h2 id="audit-title">What administrators did</h2>
        <button type="button" class="small" onClick={entries.reload}>
          Reload
        </button>
      </div>
      {error === null ? null : <Failure error={error} retry={entries.reload} />}
      {data === null && error === null ? <Loading what="the audit log" /> : null}
      {data?.items.length === 0 ? <Empty title="No administrator has changed anything yet." /> : null}
      {data === null || data.items.length === 0 ? null : (
        <>
          <AuditTable entries={data.items} nameOf={nameOf} />
          <Pager cursors={cursors} next={data.next} onChange={setCursors} />
        </>
      )}
    </section>
  );
}

interface AuditTableProps {
  readonly entries: readonly AuditEntry[];
  /** Name of a key by its id. */
  readonly nameOf: (keyId: string) => string;
}

function AuditTable({ entries, nameOf }: AuditTableProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table of what administrators did">
      <table>
        <thead>
          <tr>
            <th scope="col">When (UTC)</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">To</th>
            <th scope="col">Details</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, index) => (
            <tr key={`${entry.at} ${index}`}>
              <td class="nowrap">
                <time dateTime={entry.at}>{entry.at.slice(0, 19).replace('T', ' ')}</time>
              </td>
              <td>{entry.key_id === null ? 'command line' : `key ${nameOf(entry.key_id)}`}</td>
              <td>
                <code>{entry.action}</code>
              </td>
              <td>{entry.target === null ? '' : <code>{entry.target}</code>}</td>
              <td>{isNothing(entry.details) ? '' : <code>{JSON.stringify(entry.details)}</code>}</td>
              <td>{outcomeOf(entry)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function outcomeOf({ outcome }: AuditEntry) {
  if (outcome === 'done') return 'done';
  return outcome === 'begun' ? 'not known' : <code>{outcome}</code>;
}

function isNothing(details: unknown): boolean {
  return details === null || details === undefined || JSON.stringify(details) === '{}';
}
