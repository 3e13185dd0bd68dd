import { createRoot } from '@wordpress/element';
import { AuditScreen } from './audit-screen';
import './style.scss';

const place = document.getElementById('altsmith-audit');
if (place !== null) createRoot(place).render(<AuditScreen />);
