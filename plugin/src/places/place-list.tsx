import { Button, CheckboxControl } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import type { Placement } from './places-api';
import type { PlacesHandle } from './use-places';
import { placeWords } from './words';

interface Props {
  readonly places: PlacesHandle;
  /** The post that is open in the editor; 0 elsewhere. */
  readonly openPost?: number;
  /** False when nothing is to be chosen any more. */
  readonly canTick?: boolean;
}

/** Every place that shows the image, how it stands there, and a tick for each that can be changed from here. */
export function PlaceList({ places, openPost = 0, canTick = true }: Props) {
  return (
    <ul className="altsmith-places__list">
      {places.state?.items.map((item, index) => (
        <li key={item.key === '' ? `live ${index}` : item.key}>
          <Place item={item} isOpen={openPost !== 0 && item.post.id === openPost} canTick={canTick} places={places} />
        </li>
      ))}
    </ul>
  );
}

interface PlaceProps {
  readonly item: Placement;
  readonly isOpen: boolean;
  readonly canTick: boolean;
  readonly places: PlacesHandle;
}

function Place({ item, isOpen, canTick, places }: PlaceProps) {
  const words = isOpen ? __('the post that is open here', 'altsmith') : placeWords(item);
  const link = item.post.view_url === '' ? item.post.edit_url : item.post.view_url;
  return (
    <>
      {canTick && item.can_change && !isOpen ? (
        <CheckboxControl
          label={`${item.post.title} (${item.post.type}): ${words}`}
          checked={places.ticked.includes(item.key)}
          onChange={(on) => places.tick(item.key, on)}
          {...NO_EXTRA_MARGIN}
        />
      ) : (
        <span>
          {item.post.title} ({item.post.type}): {words}
        </span>
      )}
      <div className="altsmith-places__more">
        {item.alt_text !== null && item.alt_text !== '' && item.state !== 'current' && <q>{item.alt_text}</q>}{' '}
        {link !== '' && (
          <a href={link}>
            {__('View', 'altsmith')}
            <span className="screen-reader-text"> {item.post.title}</span>
          </a>
        )}
      </div>
    </>
  );
}

/** What this person does not see of it all; '' when they see everything. */
export function hiddenWords(hidden: number): string {
  return hidden === 0
    ? ''
    : sprintf(
        /* translators: %d: number of posts */
        _n('%d post that you cannot edit shows it too.', '%d posts that you cannot edit show it too.', hidden, 'altsmith'),
        hidden,
      );
}

/** Nothing is written by it. */
export function PreviewButton({ places }: { readonly places: PlacesHandle }) {
  return (
    <Button
      variant="secondary"
      isBusy={places.busy}
      aria-disabled={places.busy}
      onClick={() => {
        if (!places.busy) void places.preview();
      }}
    >
      {__('Preview the changes', 'altsmith')}
    </Button>
  );
}
