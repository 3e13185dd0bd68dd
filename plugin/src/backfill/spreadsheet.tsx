import { Button, FormFileUpload, Notice, Spinner } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { toRequestError } from '../shared/api';
import { formatNumber } from '../shared/format';
import { importCsv, readCsv, type CsvLine, type CsvResult } from './csv-api';

/** Largest file. PHP takes 8 MB in one request unless it is configured otherwise, and JSON makes the file longer. */
const MOST_BYTES = 5_000_000;

interface Chosen {
  readonly name: string;
  readonly csv: string;
  readonly result: CsvResult;
  readonly isWritten: boolean;
}

/** Exports alt text as CSV, and imports an edited file after showing what will change. */
export function Spreadsheet() {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [error, setError] = useState('');
  const [lines, setLines] = useState(-1);
  const busy = lines >= 0;

  const run = async (name: string, read: () => Promise<string>, isWritten: boolean) => {
    setLines(0);
    setError('');
    try {
      const csv = await read();
      setChosen({ name, csv, result: await importCsv(csv, !isWritten, setLines), isWritten });
    } catch (thrown) {
      setError(toRequestError(thrown).message);
    } finally {
      setLines(-1);
    }
  };
  const preview = (file: File | undefined) => {
    // The browser offers the file chooser during an import as well: aria-disabled is only said.
    if (file === undefined || busy) return;
    setChosen(null);
    if (file.size > MOST_BYTES) {
      setError(__('The file is larger than 5 MB. Import it with “wp altsmith csv import”.', 'altsmith'));
      return;
    }
    void run(file.name, () => readCsv(file), false);
  };

  return (
    <section className="altsmith-run altsmith-csv">
      <h2>{__('Edit alt text in a spreadsheet', 'altsmith')}</h2>
      <p>
        {__(
          'Export all images as a CSV file, fill in the column “new_alt_text”, and import the file again. You see what will change before anything is written.',
          'altsmith',
        )}
      </p>
      <div className="altsmith-run__actions">
        <Button variant="secondary" href={window.altsmith.csvUrl ?? ''}>
          {__('Export CSV', 'altsmith')}
        </Button>
        <FormFileUpload
          className="is-secondary"
          accept=".csv,text/csv"
          aria-disabled={busy}
          onChange={(event) => {
            preview(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        >
          {__('Import CSV', 'altsmith')}
        </FormFileUpload>
      </div>
      <div role="status" aria-live="polite">
        {busy ? (
          <p>
            <Spinner />{' '}
            {/* translators: %s: number of lines */}
            {sprintf(_n('%s line read…', '%s lines read…', lines, 'altsmith'), formatNumber(lines))}
          </p>
        ) : null}
        {error === '' ? null : (
          <Notice status="error" isDismissible={false}>
            {error}
          </Notice>
        )}
        {chosen === null || busy ? null : <Result chosen={chosen} />}
      </div>
      {chosen === null || chosen.isWritten || busy || chosen.result.counts.change === 0 ? null : (
        <Button variant="primary" onClick={() => void run(chosen.name, () => Promise.resolve(chosen.csv), true)}>
          {sprintf(
            /* translators: %s: number of images */
            _n('Change the alt text of %s image', 'Change the alt text of %s images', chosen.result.counts.change, 'altsmith'),
            formatNumber(chosen.result.counts.change),
          )}
        </Button>
      )}
    </section>
  );
}

function Result({ chosen }: { readonly chosen: Chosen }) {
  const { counts, items } = chosen.result;
  const changed = chosen.isWritten
    ? /* translators: %s: number of images */
      _n('The alt text of %s image was changed.', 'The alt text of %s images was changed.', counts.change, 'altsmith')
    : /* translators: %s: number of images */
      _n('The alt text of %s image will be changed.', 'The alt text of %s images will be changed.', counts.change, 'altsmith');
  const sentences = [
    sprintf(changed, formatNumber(counts.change)),
    /* translators: %s: number of images */
    sprintf(_n('%s image stays as it is.', '%s images stay as they are.', counts.same, 'altsmith'), formatNumber(counts.same)),
    ...(counts.conflict === 0
      ? []
      : [
          sprintf(
            /* translators: %s: number of images */
            _n('%s image was changed after the export and is skipped.', '%s images were changed after the export and are skipped.', counts.conflict, 'altsmith'),
            formatNumber(counts.conflict),
          ),
        ]),
    ...(counts.error === 0
      ? []
      : /* translators: %s: number of lines */
        [sprintf(_n('%s line cannot be used.', '%s lines cannot be used.', counts.error, 'altsmith'), formatNumber(counts.error))]),
  ];
  return (
    <>
      <p>
        <strong>{chosen.name}</strong>: {sentences.join(' ')}
      </p>
      {items.length === 0 ? null : <Lines items={items} />}
    </>
  );
}

function Lines({ items }: { readonly items: readonly CsvLine[] }) {
  return (
    <div className="altsmith-csv__lines" role="region" aria-label={__('Lines of the file', 'altsmith')} tabIndex={0}>
      <table className="widefat striped">
        <thead>
          <tr>
            <th scope="col">{__('Line', 'altsmith')}</th>
            <th scope="col">{__('File', 'altsmith')}</th>
            <th scope="col">{__('Before', 'altsmith')}</th>
            <th scope="col">{__('After', 'altsmith')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.line}>
              <td>{item.line}</td>
              <td>{item.file}</td>
              <td dir="auto">{item.before}</td>
              <td dir="auto">{outcomeOf(item)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function outcomeOf(item: CsvLine): string {
  if (item.message !== '') return item.message;
  return item.decorative ? __('Decorative', 'altsmith') : item.after;
}
