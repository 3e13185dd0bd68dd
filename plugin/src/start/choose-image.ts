import { __ } from '@wordpress/i18n';
import '../library/media-views';

/** Opens WordPress's media window; `onChosen` gets the attachment's id. */
export function chooseImage(onChosen: (id: number) => void): void {
  const frame = window.wp?.media?.({
    title: __('Choose or upload an image', 'altsmith'),
    library: { type: 'image' },
    button: { text: __('Suggest alt text', 'altsmith') },
    multiple: false,
  });
  frame?.on('select', () => {
    const id = frame.state().get('selection').first()?.get('id');
    if (id !== undefined) onChosen(id);
  });
  frame?.open();
}
