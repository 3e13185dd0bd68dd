import type { WordPressSite } from './wordpress-site';

export interface Shown {
  readonly status: number;
  /** Where a redirect leads; '' without one. */
  readonly leadsTo: string;
  readonly text: string;
}

/** Somebody at a site without a browser: only the cookies of one login, or none. Redirects are told, not followed. */
export class SiteVisitor {
  private constructor(
    private readonly site: WordPressSite,
    readonly login: string,
    private readonly cookies: ReadonlyMap<string, string>,
  ) {}

  /** Logs in as WordPress's own form does; '' stays a stranger. */
  static async come(site: WordPressSite, login: string, password = 'password'): Promise<SiteVisitor> {
    if (login === '') return new SiteVisitor(site, login, new Map());
    const answer = await fetch(`${site.url}/wp-login.php`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: 'wordpress_test_cookie=WP%20Cookie%20check' },
      body: new URLSearchParams({ log: login, pwd: password, testcookie: '1' }),
    });
    if (answer.status !== 302) throw new Error(`${login} could not log in: ${answer.status}`);
    const pairs = answer.headers.getSetCookie().map((line): [string, string] => {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      return [name, value];
    });
    return new SiteVisitor(site, login, new Map(pairs));
  }

  get(where: string): Promise<Shown> {
    return this.#ask(where, {});
  }

  /** Sends a form. */
  post(where: string, fields: Readonly<Record<string, string>>, headers: Record<string, string> = {}): Promise<Shown> {
    return this.#ask(where, { method: 'POST', body: new URLSearchParams(fields), headers });
  }

  /** A nonce as WordPress would put it into a page for this very person. */
  nonce(action: string): Promise<string> {
    const name = [...this.cookies.keys()].find((one) => one.startsWith('wordpress_logged_in_')) ?? '';
    const value = decodeURIComponent(this.cookies.get(name) ?? '');
    return this.site.inWordPress(`
      $_COOKIE[ LOGGED_IN_COOKIE ] = '${value}';
      $user = get_user_by( 'login', '${this.login}' );
      wp_set_current_user( $user ? $user->ID : 0 );
      return wp_create_nonce( '${action}' );`);
  }

  async #ask(where: string, how: { method?: string; body?: URLSearchParams; headers?: Record<string, string> }) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${this.site.url}${where}`, {
      ...how,
      redirect: 'manual',
      headers: { ...how.headers, ...(cookie === '' ? {} : { cookie }) },
    });
    return { status: answer.status, leadsTo: answer.headers.get('location') ?? '', text: await answer.text() };
  }
}
