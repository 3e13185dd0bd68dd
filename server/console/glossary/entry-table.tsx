import type { GlossaryEntry } from '../../contract/glossary';

interface EntryTableProps {
  readonly entries: readonly GlossaryEntry[];
  readonly onEdit: (entry: GlossaryEntry) => void;
  readonly onRemove: (entry: GlossaryEntry) => void;
}

/** All words, by language and alphabet. */
export function EntryTable({ entries, onEdit, onRemove }: EntryTableProps) {
  const sorted = entries.toSorted((a, b) => a.language.localeCompare(b.language) || a.term.localeCompare(b.term));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table of words">
      <table>
        <thead>
          <tr>
            <th scope="col">Say</th>
            <th scope="col">Other forms</th>
            <th scope="col">Instead of</th>
            <th scope="col">Language</th>
            <th scope="col">Actions</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((entry) => (
            <tr key={`${entry.language} ${entry.term}`}>
              <th scope="row" lang={entry.language}>
                {entry.term}
                {entry.is_name ? <span class="tag">name</span> : null}
              </th>
              <td lang={entry.language}>{entry.forms.join(', ')}</td>
              <td lang={entry.language}>{entry.instead_of.join(', ')}</td>
              <td>{entry.language}</td>
              <td class="nowrap">
                <button type="button" class="small" aria-label={`Change ${entry.term}`} onClick={() => onEdit(entry)}>
                  Change
                </button>{' '}
                <button type="button" class="small" aria-label={`Remove ${entry.term}`} onClick={() => onRemove(entry)}>
                  Remove
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
