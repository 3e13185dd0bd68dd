import { __, sprintf } from '@wordpress/i18n';
import type { ImageState } from '../shared/attachment-api';
import { lacksText, type PlacedImage } from '../shared/placed-images';

export interface Finding {
  readonly kind: 'waiting' | 'lacking';
  /** '' for the featured image, which is no block. */
  readonly clientId: string;
  readonly attachment: number;
  readonly title: string;
}

/** What to tell before publishing. A picture with text is no finding, even when a suggestion for the library waits. */
export function findings(
  images: readonly PlacedImage[],
  featured: number,
  states: ReadonlyMap<number, ImageState>,
): readonly Finding[] {
  const found = images.filter(lacksText).map((image, index): Finding => {
    const state = states.get(image.attachment);
    return {
      kind: state?.status === 'pending' ? 'waiting' : 'lacking',
      clientId: image.clientId,
      attachment: image.attachment,
      /* translators: %d: number of the image in the post */
      title: state === undefined || state.title === '' ? sprintf(__('Image %d', 'altsmith'), index + 1) : state.title,
    };
  });
  const state = states.get(featured);
  if (state === undefined || state.alt_text !== '' || state.decorative) return found;
  const kind = state.status === 'pending' ? 'waiting' : 'lacking';
  return [...found, { kind, clientId: '', attachment: featured, title: __('Featured image', 'altsmith') }];
}
