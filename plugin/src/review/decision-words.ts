import { __, sprintf } from '@wordpress/i18n';
import { applyPlaces } from '../places/places-api';
import { toRequestError } from '../shared/api';
import type { Action, Suggestion } from '../shared/types';

/** What was done, once the site has said so. */
export const DONE: Record<Action | 'pass' | 'take', (name: string) => string> = {
  /* translators: %s: name of an image */
  approve: (name) => sprintf(__('“%s”: approved and saved.', 'altsmith'), name),
  /* translators: %s: name of an image */
  reject: (name) => sprintf(__('“%s”: rejected.', 'altsmith'), name),
  /* translators: %s: name of an image */
  decorative: (name) => sprintf(__('“%s”: marked as decorative.', 'altsmith'), name),
  /* translators: %s: name of an image */
  reopen: (name) => sprintf(__('“%s”: needs review again.', 'altsmith'), name),
  /* translators: %s: name of an image */
  pass: (name) => sprintf(__('“%s”: passed on. Other reviewers see it in their list.', 'altsmith'), name),
  /* translators: %s: name of an image */
  take: (name) => sprintf(__('“%s”: back in your list.', 'altsmith'), name),
};

/** What the person has chosen, before the site has answered. */
export const SAID: Record<Action, (name: string) => string> = {
  ...DONE,
  /* translators: %s: name of an image */
  approve: (name) => sprintf(__('“%s”: approved.', 'altsmith'), name),
};

/** The text is in the library by now; a place that cannot be changed does not change that. */
export async function updatePlaces(
  now: Suggestion,
  keys: readonly string[],
): Promise<{ changeId: string; words: string }> {
  if (keys.length === 0 || now.state !== 'applied') return { changeId: '', words: '' };
  try {
    const answer = await applyPlaces(now.attachment_id, keys, now.current_alt);
    const updated = answer.items.filter((item) => item.outcome === 'updated').length;
    /* translators: 1: posts that were changed, 2: posts that should have been */
    const words = sprintf(__('%1$d of %2$d posts updated.', 'altsmith'), updated, answer.items.length);
    return { changeId: answer.change_id, words };
  } catch (thrown) {
    return { changeId: '', words: toRequestError(thrown).message };
  }
}
