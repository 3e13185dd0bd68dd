/** Who sent a request, as its key tells. */
export interface Principal {
  readonly keyId: string;
  readonly scope: 'site' | 'worker' | 'admin' | 'metrics';
  /** Set exactly when the scope is `site`. */
  readonly siteId: string | null;
}
