import { Modal } from '@wordpress/components';
import { __ } from '@wordpress/i18n';

const KEYS: readonly (readonly [string, string])[] = [
  ['J', __('Next suggestion', 'altsmith')],
  ['K', __('Previous suggestion', 'altsmith')],
  ['A', __('Approve', 'altsmith')],
  ['E', __('Edit the text; Ctrl + Enter approves, Escape leaves', 'altsmith')],
  ['R', __('Reject, with a reason', 'altsmith')],
  ['D', __('Decorative', 'altsmith')],
  ['U', __('Undo the latest decision', 'altsmith')],
  ['?', __('This list', 'altsmith')],
];

export function ShortcutsHelp({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal title={__('Keys', 'altsmith')} onRequestClose={onClose}>
      <dl className="altsmith-keys">
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
