import { _n, sprintf } from '@wordpress/i18n';
import type { PostChange } from './places-api';
import { outcomeWords } from './words';

/** The markup before and after, as text. */
export function Report({ items }: { readonly items: readonly PostChange[] }) {
  const isDone = items.some((item) => item.outcome === 'updated');
  return (
    <div className="altsmith-places__report">
      {isDone && <p>{summary(items)}</p>}
      {items.map((item) => (
        <section key={item.post_id} aria-label={item.post?.title ?? ''}>
          <strong>{item.post?.title}</strong> {outcomeWords(item.outcome)}
          {item.changes.map((change) => (
            <div key={`${change.key} ${change.before}`}>
              <del>{change.before}</del>
              <ins>{change.after}</ins>
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}

/** How many posts were changed, and how many were not. */
export function summary(items: readonly PostChange[]): string {
  const done = items.filter((item) => item.outcome === 'updated').length;
  const left = items.length - done;
  const first =
    /* translators: %d: number of posts */
    sprintf(_n('%d post was updated.', '%d posts were updated.', done, 'altsmith'), done);
  if (left === 0) return first;
  /* translators: %d: number of posts */
  return `${first} ${sprintf(_n('%d post was not.', '%d posts were not.', left, 'altsmith'), left)}`;
}
