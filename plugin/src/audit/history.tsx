import { __ } from '@wordpress/i18n';
import { formatNumber } from '../shared/format';
import type { Audit } from './types';

/** How many pages had nothing to mend, audit by audit. */
export function History({ days }: { readonly days: Audit['history'] }) {
  if (days.length === 0) return null;
  return (
    <>
      <h2>{__('Over time', 'altsmith')}</h2>
      <table className="widefat striped">
        <thead>
          <tr>
            <th scope="col">{__('Day', 'altsmith')}</th>
            <th scope="col">{__('Pages', 'altsmith')}</th>
            <th scope="col">{__('Nothing to mend', 'altsmith')}</th>
            <th scope="col">{__('Problems', 'altsmith')}</th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, pages, fine, found }) => (
            <tr key={day}>
              <th scope="row">{day}</th>
              <td>{formatNumber(pages)}</td>
              <td>{formatNumber(fine)}</td>
              <td>{formatNumber(found)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
