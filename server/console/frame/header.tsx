import { useSessions } from '../connection/session';
import { useStatus } from '../connection/status';
import type { PageName } from '../page-address';
import { ModelBadge } from '../parts/model-badge';

interface HeaderProps {
  /** null before log-in, where there is nowhere to go. */
  readonly page: PageName | null;
  readonly pages: readonly PageName[];
  readonly titles: Readonly<Record<PageName, string>>;
}

export function Header({ page, pages, titles }: HeaderProps) {
  const model = useStatus()?.data?.model ?? null;
  return (
    <header class="top">
      <a class="brand" href="#/try">
        <img src="icon.svg" alt="" width="26" height="26" />
        Altsmith
      </a>
      {page === null ? null : (
        <nav aria-label="Pages">
          {pages.map((name) => (
            <a key={name} href={`#/${name}`} aria-current={name === page ? 'page' : undefined}>
              {name === 'try' ? 'Try' : titles[name]}
            </a>
          ))}
        </nav>
      )}
      <div class="top-end">
        {model === null ? null : <ModelBadge model={model} />}
        <LogOut />
      </div>
    </header>
  );
}

function LogOut() {
  const { site, admin, logOut, lose } = useSessions();
  if (site === null && admin === null) return null;
  const leave = async () => {
    if (site !== null) await logOut('site');
    if (admin !== null) await logOut('admin');
  };
  const leaveAnyway = () => {
    // When the sidecar is down the cookie stays, but without the page's half it opens nothing.
    leave().catch(() => {
      lose('site');
      lose('admin');
    });
  };
  return (
    <span class="who">
      {site?.site == null ? null : <span class="fine">{site.site.name}</span>}
      {admin === null ? null : <span class="tag">administrator</span>}
      <button type="button" class="small" onClick={leaveAnyway}>
        Log out
      </button>
    </span>
  );
}
