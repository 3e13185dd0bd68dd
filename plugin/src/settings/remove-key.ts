import { __ } from '@wordpress/i18n';

/** The sidecar shows a key once: whoever removes it here may not get it back. */
export function askBeforeRemovingKey(): void {
  document.getElementById('altsmith-remove-key')?.addEventListener('submit', (event) => {
    const question = __('Remove the site key? It cannot be shown again; suggestions stop until a key is entered.', 'altsmith');
    if (!window.confirm(question)) event.preventDefault();
  });
}
