/** Address of this sidecar as this page was reached: host and, behind a proxy, a path. No slash at the end. */
export function sidecarAddress(): string {
  return new URL('.', location.href).href.replace(/\/$/, '');
}
