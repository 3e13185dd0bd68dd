import { Button, Modal } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { Places } from '../places/places';
import type { Placement } from '../places/places-api';
import { readPlacements, type AttachmentState } from '../shared/attachment-api';

/** The post on the screen. Its saved content is older than what the person sees, so it is left to them. */
function openPost(): number {
  const id = Number(new URLSearchParams(window.location.search).get('post') ?? '0');
  return Number.isSafeInteger(id) ? id : 0;
}

/** The places of an image that has a text, read again whenever `isWanted` turns true. */
function usePlacements({ id, alt_text: text }: AttachmentState, isWanted: boolean): readonly Placement[] {
  const [found, setFound] = useState<{ readonly id: number; readonly items: readonly Placement[] }>({ id: 0, items: [] });
  useEffect(() => {
    if (text === '' || !isWanted) return undefined;
    const life = new AbortController();
    // The hint is left out where the site does not answer: the panel itself says why.
    readPlacements(id, life.signal).then((items) => setFound({ id, items }), () => undefined);
    return () => life.abort();
  }, [id, text, isWanted]);
  return text !== '' && found.id === id ? found.items : [];
}

/** The library has a text, and the same image stands elsewhere without it: one click shows where. */
export function OtherPlaces({ state }: { readonly state: AttachmentState }) {
  const [open, setOpen] = useState(false);
  const places = usePlacements(state, !open);
  const here = openPost();
  const lacking = places.filter((one) => one.ticked && one.post.id !== here);
  if (lacking.length === 0 && !open) return null;
  return (
    <p className="altsmith-panel__library">
      {sprintf(
        /* translators: %d: number of places */
        _n(
          'In %d other place this image has no text, or an older one.',
          'In %d other places this image has no text, or an older one.',
          lacking.length,
          'altsmith',
        ),
        lacking.length,
      )}{' '}
      <Button variant="link" onClick={() => setOpen(true)}>
        {__('Show them', 'altsmith')}
      </Button>
      {open && (
        <Modal title={__('Where this image is used', 'altsmith')} onRequestClose={() => setOpen(false)}>
          <Places attachment={state.id} except={here} />
        </Modal>
      )}
    </p>
  );
}
