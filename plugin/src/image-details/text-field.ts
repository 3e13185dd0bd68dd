import '../library/media-views';

/** WordPress's own field for the alt text, in the grid's window, in the editor's, and on the image's own screen. */
const FIELDS = '#attachment-details-two-column-alt-text, #attachment-details-alt-text, #attachment_alt';

/** The same for the description of a video. */
const DESCRIPTIONS = '#attachment-details-two-column-description, #attachment-details-description, #attachment_content';

/** Shows a text that is written already, so that the field does not put the older one back. */
export function showText(attachment: number, text: string, kind: 'image' | 'video'): void {
  for (const field of document.querySelectorAll<HTMLTextAreaElement>(kind === 'video' ? DESCRIPTIONS : FIELDS)) field.value = text;
  // Silent: nothing is to be drawn again or saved. Where there is no media window there is no such list of images.
  window.wp?.media?.attachment?.(attachment).set(kind === 'video' ? { description: text } : { alt: text }, { silent: true });
}
