import { createRoot } from '@wordpress/element';
import { BackfillScreen } from './backfill-screen';
import './style.scss';

const place = document.getElementById('altsmith-backfill');
if (place !== null) createRoot(place).render(<BackfillScreen />);
