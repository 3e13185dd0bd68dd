import { createRoot } from '@wordpress/element';
import { FailedImages } from './failed-images';
import { ReviewScreen } from './review-screen';
import './style.scss';

const place = document.getElementById('altsmith-review');
if (place !== null) {
  const words = new URLSearchParams(window.location.search);
  const attachment = Number(words.get('attachment') ?? '0');
  createRoot(place).render(
    words.has('failed') ? (
      <FailedImages />
    ) : (
      <ReviewScreen attachment={Number.isSafeInteger(attachment) ? attachment : 0} />
    ),
  );
}
