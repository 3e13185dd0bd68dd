import { Notice } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { readModel } from '../shared/api';
import { poll } from '../shared/poll';
import type { ModelReply } from '../shared/types';

/** Says what suggestions of a demonstration model are worth, and whether a better model is on its way. */
export function DemonstrationNotice() {
  const [model, setModel] = useState<ModelReply | null>(null);
  useEffect(
    () =>
      poll(async () => {
        setModel(await readModel());
        // A download takes minutes: growing pauses are quick enough.
        return false;
      }),
    [],
  );
  return (
    <Notice status="warning" isDismissible={false}>
      {__('A small demonstration model wrote suggestions on this page. It is often wrong.', 'altsmith')} {outlook(model)}
    </Notice>
  );
}

function outlook(model: ModelReply | null): string {
  if (model === null || model.demonstration !== true) return '';
  if (model.coming === '') return __('For texts you can use, the sidecar needs a real model.', 'altsmith');
  return [
    sprintf(
      /* translators: %s: model name */
      __('The model “%s” is being downloaded and replaces it automatically.', 'altsmith'),
      model.coming,
    ),
    model.asksAgain ? __('Suggestions that nobody has decided on by then are requested again.', 'altsmith') : '',
  ]
    .join(' ')
    .trim();
}
