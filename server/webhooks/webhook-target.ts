import { AppError } from '../errors';
import { checkUrl, parsePlainUrl } from '../intake/url-guard';

/**
 * Parses the address of a webhook. A private address, a local name or an odd port passes only when the owner of this
 * machine listed its origin in ALTSMITH_WEBHOOK_ORIGINS; a site key alone cannot aim the sidecar at its own network.
 * Throws WEBHOOK_TARGET_REFUSED.
 */
export function checkWebhookTarget(
  raw: string,
  registered: readonly string[],
): { readonly url: URL; readonly isRegistered: boolean } {
  try {
    const url = parsePlainUrl(raw);
    if (registered.includes(url.origin)) return { url, isRegistered: true };
    return { url: checkUrl(raw, [url.origin]), isRegistered: false };
  } catch (cause) {
    throw new AppError('WEBHOOK_TARGET_REFUSED', {}, { cause });
  }
}
