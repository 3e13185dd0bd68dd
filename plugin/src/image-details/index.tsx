import { createRoot } from '@wordpress/element';
import { ImageDetails } from './image-details';
import './style.scss';
import { showText } from './text-field';

const roots = new Map<Element, ReturnType<typeof createRoot>>();

function draw(box: HTMLElement): void {
  const attachment = Number(box.dataset['altsmithAttachment'] ?? '0');
  // The window saves an image when a field in this part of it changes; ours are not among its fields.
  for (const name of ['change', 'input']) box.addEventListener(name, (event) => event.stopPropagation());
  const root = createRoot(box);
  roots.set(box, root);
  root.render(<ImageDetails attachment={attachment} onWritten={(text, kind) => showText(attachment, text, kind)} />);
}

/** The media window draws this part anew for every image that is looked at, so the place is looked for again and again. */
function follow(): void {
  for (const [box, root] of roots) {
    if (box.isConnected) continue;
    roots.delete(box);
    root.unmount();
  }
  for (const box of document.querySelectorAll<HTMLElement>('[data-altsmith-attachment].altsmith-details')) {
    if (!roots.has(box)) draw(box);
  }
}

let isPlanned = false;

/** Once for all changes before the browser draws next: an editor changes its page many times a second. */
function followSoon(): void {
  if (isPlanned) return;
  isPlanned = true;
  requestAnimationFrame(() => {
    isPlanned = false;
    follow();
  });
}

follow();
new MutationObserver(followSoon).observe(document.body, { childList: true, subtree: true });
