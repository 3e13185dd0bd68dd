import type { JobContext } from '../../contract/job';

const clean = (text: string | undefined) => (text ?? '').replace(/\s+/gu, ' ').trim();

/**
 * The alt text as a full sentence and where the picture is used. Null when the CMS told no page: a description that
 * only repeats the alt text helps nobody.
 */
export function description(altText: string, context: JobContext | null): string | null {
  const page = clean(context?.page_title);
  const site = clean(context?.site_name);
  if (altText === '' || page === '') return null;
  const where = site === '' || site === page ? `From “${page}”.` : `From “${page}” on ${site}.`;
  return `${altText}${/[!?]$/.test(altText) ? '' : '.'} ${where}`;
}
