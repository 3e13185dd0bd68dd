import { speak } from '@wordpress/a11y';
import type { Action as DataViewsAction } from '@wordpress/dataviews/wp';
import { __, sprintf } from '@wordpress/i18n';
import { decideMany, toRequestError } from '../shared/api';
import { formatNumber } from '../shared/format';
import type { Action, Suggestion } from '../shared/types';
import { approvalOf } from './bulk-approve';
import { isOpen } from './suggestion-words';

interface Shown {
  /** The text on the card: the suggested one, or what the person made of it. */
  readonly draftOf: (suggestion: Suggestion) => string;
  /** Whether the card was ever in the window. */
  readonly wasSeen: (id: string) => boolean;
}

/** Decisions about the ticked lines. `onDone` gets a sentence about what came of it. */
export function bulkActions(shown: () => Shown, onDone: (text: string) => void): DataViewsAction<Suggestion>[] {
  const run = async (items: readonly Suggestion[], action: Action) => {
    const { draftOf, wasSeen } = shown();
    try {
      const results = await decideMany(
        items.map((one) =>
          action === 'approve'
            ? approvalOf(one, wasSeen(one.id), draftOf(one))
            : { suggestion_id: one.id, action, version: one.version, seen: one.current_alt, mode: 'bulk', displayed: wasSeen(one.id) },
        ),
      );
      const failed = results.filter((one) => one.error !== undefined || one.suggestion?.state === 'conflict').length;
      const text = sprintf(
        /* translators: 1: number of suggestions, 2: number of suggestions */
        __('%1$s done, %2$s failed.', 'altsmith'),
        formatNumber(results.length - failed),
        formatNumber(failed),
      );
      speak(text);
      onDone(text);
    } catch (thrown) {
      const { message } = toRequestError(thrown);
      speak(message, 'assertive');
      onDone(message);
    }
  };
  const one = (id: Action, label: string): DataViewsAction<Suggestion> => ({
    id,
    label,
    supportsBulk: true,
    // A video is approved by itself, and is never decorative.
    isEligible: (item) => isOpen(item) && (item.kind === 'image' || id === 'reject'),
    callback: (items) => void run(items, id),
  });
  return [
    one('approve', __('Approve', 'altsmith')),
    one('reject', __('Reject', 'altsmith')),
    one('decorative', __('Decorative', 'altsmith')),
  ];
}
