import { store as blockEditor } from '@wordpress/block-editor';
import { speak } from '@wordpress/a11y';
import { Button } from '@wordpress/components';
import { useDispatch, useSelect } from '@wordpress/data';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { toRequestError } from '../shared/api';
import { readImages, requestSuggestion, type ImageState } from '../shared/attachment-api';
import { collectImages, lacksText, type PlacedImage } from '../shared/placed-images';

/** The pictures of a gallery in one list. Each is dealt with in its own block; this one asks for all and shows the way. */
export function GalleryPanel({ clientId }: { readonly clientId: string }) {
  const blocks: unknown = useSelect((select) => select(blockEditor).getBlocks(clientId), [clientId]);
  const { selectBlock } = useDispatch(blockEditor);
  const images = collectImages(blocks);
  const states = useImageStates(images);
  const lacking = images.filter((image) => lacksText(image) && image.attachment !== 0);
  const waiting = images.filter((image) => states.byId.get(image.attachment)?.status === 'pending');

  return (
    <>
      <p className="altsmith-panel__status">
        {sprintf(
          /* translators: 1: number of images without alt text, 2: number of images in the gallery */
          _n('%1$d of %2$d image has no alt text.', '%1$d of %2$d images have no alt text.', images.length, 'altsmith'),
          lacking.length,
          images.length,
        )}
      </p>
      <ul className="altsmith-panel__list">
        {[...waiting, ...lacking.filter((image) => !waiting.includes(image))].map((image) => (
          <li key={image.clientId}>
            <Button variant="link" onClick={() => void selectBlock(image.clientId)}>
              {states.byId.get(image.attachment)?.title ?? __('Image', 'altsmith')}
            </Button>
            <span className="altsmith-panel__hint">
              {waiting.includes(image) ? __('A suggestion needs review.', 'altsmith') : __('No alt text.', 'altsmith')}
            </span>
          </li>
        ))}
      </ul>
      {window.altsmith.configured && lacking.length > 0 && (
        <GenerateAll ids={[...new Set(lacking.map((image) => image.attachment))]} onDone={states.reload} />
      )}
    </>
  );
}

interface ImageStates {
  readonly byId: ReadonlyMap<number, ImageState>;
  readonly reload: () => void;
}

function useImageStates(images: readonly PlacedImage[]): ImageStates {
  const [byId, setById] = useState<ReadonlyMap<number, ImageState>>(new Map());
  const [turn, setTurn] = useState(0);
  const ids = [...new Set(images.map((image) => image.attachment))].filter((id) => id !== 0).join(' ');
  useEffect(() => {
    const life = new AbortController();
    const wanted = ids === '' ? [] : ids.split(' ').map(Number);
    readImages(wanted, life.signal).then(
      (items) => setById(new Map(items.map((item) => [item.id, item]))),
      () => undefined, // The list then shows no titles; the buttons in the images say what is wrong.
    );
    return () => life.abort();
  }, [ids, turn]);
  return { byId, reload: () => setTurn((before) => before + 1) };
}

/** One after the other: the sidecar takes them in turn anyway, and leaving the gallery stops the rest. */
function GenerateAll({ ids, onDone }: { readonly ids: readonly number[]; readonly onDone: () => void }) {
  const [done, setDone] = useState<number | null>(null);
  const [message, setMessage] = useState('');
  const life = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    life.current = controller;
    return () => controller.abort();
  }, []);

  const onClick = async () => {
    if (done !== null) return;
    const { signal } = life.current;
    const errors: string[] = [];
    for (const [index, id] of ids.entries()) {
      setDone(index);
      try {
        const answer = await requestSuggestion(id, signal);
        if (answer.problem !== undefined && answer.problem !== '') errors.push(answer.problem);
      } catch (thrown) {
        if (signal.aborted) return;
        errors.push(toRequestError(thrown).message);
      }
    }
    setDone(null);
    const words = errors[0] ?? __('Done. Choose an image to see its suggestion.', 'altsmith');
    setMessage(words);
    speak(words);
    onDone();
  };

  const isBusy = done !== null;
  return (
    <>
      {message !== '' && <p>{message}</p>}
      <Button
        variant="secondary"
        className="altsmith-panel__wide"
        isBusy={isBusy}
        aria-disabled={isBusy}
        onClick={() => void onClick()}
      >
        {isBusy
          ? /* translators: 1: number of the image, 2: number of images */
            sprintf(__('Generating %1$d of %2$d…', 'altsmith'), done + 1, ids.length)
          : __('Generate for images without alt text', 'altsmith')}
      </Button>
    </>
  );
}
