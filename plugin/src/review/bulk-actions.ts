import { speak } from '@wordpress/a11y';
import type { Action as DataViewsAction } from '@wordpress/dataviews/wp';
import { __, sprintf } from '@wordpress/i18n';
import { decideMany, toRequestError } from '../shared/api';
import { formatNumber } from '../shared/format';
import type { Action, Suggestion } from '../shared/types';
import { approvalOf } from './bulk-approve';
import { isOpen } from './suggestion-words';

/** Decisions about the ticked lines. `onDone` gets a sentence about what came of it. */
export function bulkActions(onDone: (text: string) => void): DataViewsAction<Suggestion>[] {
  const run = async (items: readonly Suggestion[], action: Action) => {
    try {
      const results = await decideMany(
        items.map((one) =>
          action === 'approve'
            ? approvalOf(one, true)
            : { suggestion_id: one.id, action, version: one.version, seen: one.current_alt, mode: 'bulk', displayed: true },
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
    isEligible: isOpen,
    callback: (items) => void run(items, id),
  });
  return [
    one('approve', __('Approve', 'altsmith')),
    one('reject', __('Reject', 'altsmith')),
    one('decorative', __('Decorative', 'altsmith')),
  ];
}
