import { createRoot } from '@wordpress/element';
import { ReviewScreen } from './review-screen';
import './style.scss';

const place = document.getElementById('altsmith-review');
if (place !== null) {
  const attachment = Number(new URLSearchParams(window.location.search).get('attachment') ?? '0');
  createRoot(place).render(<ReviewScreen attachment={Number.isSafeInteger(attachment) ? attachment : 0} />);
}
