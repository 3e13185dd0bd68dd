import { createRoot } from '@wordpress/element';
import { ConnectionState } from './connection-state';
import { askBeforeRemovingKey } from './remove-key';
import './style.scss';

const place = document.getElementById('altsmith-connection');
if (place !== null) createRoot(place).render(<ConnectionState />);
askBeforeRemovingKey();
