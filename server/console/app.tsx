import { useEffect, useRef } from 'preact/hooks';
import { AcceptancePage } from './acceptance/page';
import { AuditPage } from './audit/page';
import { useSessions } from './connection/session';
import { StatusProvider } from './connection/status';
import { Header } from './frame/header';
import { LogIn } from './frame/log-in';
import { NeedsKey } from './frame/needs-key';
import { PrivacyLine } from './frame/privacy-line';
import { Trouble } from './frame/trouble';
import { GlossaryPage } from './glossary/page';
import { PAGES, usePageAddress, type PageName } from './page-address';
import { Announcer } from './parts/announcer';
import { Failure } from './parts/failure';
import { Loading } from './parts/placeholder';
import { QueuePage } from './queue/page';
import { ReviewPage } from './review/page';
import { SetUpPage } from './setup/page';
import { WorkersPage } from './workers/page';
import { TryPage } from './try/page';

const TITLES: Readonly<Record<PageName, string>> = {
  try: 'Try a picture',
  queue: 'Queue',
  review: 'Review',
  words: 'Words',
  acceptance: 'Acceptance',
  workers: 'Workers',
  'audit-log': 'Audit log',
  'set-up': 'Set-up',
};

export function App() {
  const sessions = useSessions();
  const page = usePageAddress();
  const isInside = sessions.site !== null || sessions.admin !== null;
  const title = isInside ? TITLES[page] : 'Log in';
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);

  useEffect(() => {
    document.title = `${title} · Altsmith`;
    // A person who cannot see the page change is taken to its new heading; not at the very first view.
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = sessions.isLoading;
  }, [title, sessions.isLoading]);

  const body = (
    <>
      <a class="skip" href="#main" onClick={(event) => skipTo(event, heading.current)}>
        Skip to the content
      </a>
      <Header page={isInside ? page : null} pages={PAGES} titles={TITLES} />
      <main id="main">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {isInside ? <Trouble /> : null}
        <Content page={page} isInside={isInside} />
      </main>
      <footer>
        <PrivacyLine />
      </footer>
      <Announcer />
    </>
  );
  return sessions.site === null ? body : <StatusProvider>{body}</StatusProvider>;
}

/** The address after # names a page here, so the link moves the focus itself. */
function skipTo(event: Event, target: HTMLElement | null): void {
  event.preventDefault();
  target?.focus();
}

function Content({ page, isInside }: { page: PageName; isInside: boolean }) {
  const sessions = useSessions();
  if (sessions.isLoading) return <Loading what="the console" />;
  if (sessions.error !== null) return <Failure error={sessions.error} retry={sessions.retry} />;
  if (!isInside) return <LogIn />;
  if (page === 'set-up') return <SetUpPage />;
  if (page === 'workers') return sessions.admin === null ? <NeedsKey kind="admin" /> : <WorkersPage />;
  if (page === 'audit-log') return sessions.admin === null ? <NeedsKey kind="admin" /> : <AuditPage />;
  if (sessions.site === null) return <NeedsKey kind="site" />;
  if (page === 'queue') return <QueuePage />;
  if (page === 'review') return <ReviewPage />;
  if (page === 'words') return <GlossaryPage />;
  if (page === 'acceptance') return <AcceptancePage />;
  return <TryPage />;
}
