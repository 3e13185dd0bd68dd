import { createRoot } from '@wordpress/element';
import { ConnectionState } from '../settings/connection-state';
import { askBeforeRemovingKey } from '../settings/remove-key';
import './style.scss';
import { TryOne } from './try-one';

/** Shows a step as done. PHP has rendered the steps as they were when the page opened. */
function markDone(step: string): void {
  document.querySelector(`[data-step="${step}"]`)?.setAttribute('data-done', '1');
}

const connection = document.getElementById('altsmith-connection');
if (connection !== null) createRoot(connection).render(<ConnectionState onConnected={() => markDone('connect')} />);
const picture = document.getElementById('altsmith-try');
if (picture !== null) createRoot(picture).render(<TryOne onSuggested={() => markDone('try')} />);
askBeforeRemovingKey();
