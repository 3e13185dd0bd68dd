import { useEffect, useState } from 'preact/hooks';

export const PAGES = ['try', 'queue', 'review', 'words', 'acceptance', 'workers', 'audit-log', 'set-up'] as const;
export type PageName = (typeof PAGES)[number];

function pageOf(hash: string): PageName {
  const name = hash.replace(/^#\/?/, '');
  return PAGES.find((page) => page === name) ?? 'try';
}

/** The page that the address names after its #, so that back, forward and bookmarks work. */
export function usePageAddress(): PageName {
  const [page, setPage] = useState(() => pageOf(location.hash));
  useEffect(() => {
    const follow = () => setPage(pageOf(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return page;
}
