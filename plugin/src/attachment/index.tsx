import { createRoot } from '@wordpress/element';
import { Places } from '../places/places';

const box = document.getElementById('altsmith-places');
const attachment = Number(box?.dataset['attachment'] ?? '0');
if (box !== null && attachment > 0) createRoot(box).render(<Places attachment={attachment} />);
