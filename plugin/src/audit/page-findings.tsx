import { Button } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { formatNumber } from '../shared/format';
import type { Audit, AuditedPage, Finding, Rule } from './types';

interface PageFindingsProps {
  readonly audit: Audit;
  readonly busy: boolean;
  readonly onPage: (page: number) => void;
}

/** The pages with something to mend, those with most first. */
export function PageFindings({ audit, busy, onPage }: PageFindingsProps) {
  const { items, rules, page, total_pages: pages } = audit;
  if (items.length === 0) return null;
  return (
    <>
      <h2>{__('To mend', 'altsmith')}</h2>
      {items.map((item) => (
        <OnePage key={item.post_id} item={item} rules={rules} />
      ))}
      {pages < 2 ? null : (
        <nav className="altsmith-audit__pager" aria-label={__('Pages of the list', 'altsmith')}>
          <Button variant="secondary" disabled={busy || page < 2} onClick={() => onPage(page - 1)}>
            {__('Previous', 'altsmith')}
          </Button>
          <span>
            {/* translators: 1: number of this page of a list, 2: number of all its pages */}
            {sprintf(__('%1$s of %2$s', 'altsmith'), formatNumber(page), formatNumber(pages))}
          </span>
          <Button variant="secondary" disabled={busy || page >= pages} onClick={() => onPage(page + 1)}>
            {__('Next', 'altsmith')}
          </Button>
        </nav>
      )}
    </>
  );
}

function OnePage({ item, rules }: { readonly item: AuditedPage; readonly rules: Audit['rules'] }) {
  return (
    <section className="altsmith-audit__page">
      <h3>{item.title}</h3>
      <p>
        <a href={item.url}>{__('View page', 'altsmith')}</a>
        {item.edit_url === '' ? null : (
          <>
            {' '}
            <a href={item.edit_url}>{__('Edit page', 'altsmith')}</a>
          </>
        )}
      </p>
      {item.message === '' ? null : <p>{item.message}</p>}
      {item.found.length === 0 ? null : (
        <ul>
          {item.found.map((finding, at) => (
            <OneFinding key={at} finding={finding} rule={rules[finding.rule]} />
          ))}
        </ul>
      )}
    </section>
  );
}

function OneFinding({ finding, rule }: { readonly finding: Finding; readonly rule: Rule | undefined }) {
  const { src, alt, attachment_url: edit } = finding;
  return (
    <li>
      <strong>{rule?.label ?? finding.rule}</strong>{' '}
      {/* translators: %s: numbers of success criteria, such as 1.1.1 */}
      {rule === undefined ? null : <span>{sprintf(__('(WCAG %s)', 'altsmith'), rule.criteria)}</span>}
      <br />
      <code>{src}</code>
      {alt.trim() === '' ? null : <q>{alt}</q>}
      <br />
      {rule?.why}{' '}
      {edit === '' ? null : <a href={edit}>{__('Edit image', 'altsmith')}</a>}
    </li>
  );
}
