import { createRoot } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { ConnectionState } from './connection-state';
import './style.scss';

const place = document.getElementById('altsmith-connection');
if (place !== null) createRoot(place).render(<ConnectionState />);

// The sidecar shows a key once: whoever removes it here may not get it back.
document.getElementById('altsmith-remove-key')?.addEventListener('submit', (event) => {
  const question = __('Remove the site key? It cannot be shown again; suggestions stop until a key is entered.', 'altsmith');
  if (!window.confirm(question)) event.preventDefault();
});
