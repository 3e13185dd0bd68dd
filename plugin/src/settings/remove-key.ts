import { __ } from '@wordpress/i18n';

/** Asks before the site key is removed: the sidecar shows a key only once. */
export function askBeforeRemovingKey(): void {
  document.getElementById('altsmith-remove-key')?.addEventListener('submit', (event) => {
    const question = __('Remove the site key? It cannot be shown again; suggestions stop until a key is entered.', 'altsmith');
    if (!window.confirm(question)) event.preventDefault();
  });
}
