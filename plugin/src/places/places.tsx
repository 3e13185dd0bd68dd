import { Button, CheckboxControl, Notice, Spinner } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import type { Placement, PlacementPreview } from '../review/placements-api';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import type { Change, PlacesState } from './places-api';
import './style.scss';
import { summary, usePlaces, type PlacesHandle } from './use-places';
import { outcomeWords, placeWords } from './words';

interface Props {
  readonly attachment: number;
  /** The post that is open in the editor; 0 elsewhere. */
  readonly except?: number;
}

/** Where an image is used, with its text there; and a way to bring the library's text to the places a person ticks. */
export function Places({ attachment, except = 0 }: Props) {
  const places = usePlaces(attachment, except);
  const { state } = places;
  const problem =
    places.error === '' ? null : (
      <Notice status="error" isDismissible={false}>
        {places.error}
      </Notice>
    );
  if (state === null) {
    return (
      problem ?? (
        <p>
          <Spinner /> {__('Looking where the image is used…', 'altsmith')}
        </p>
      )
    );
  }
  return (
    <div className="altsmith-places">
      {problem}
      <Intro state={state} />
      <ul className="altsmith-places__list">
        {state.items.map((item, index) => (
          <li key={item.key === '' ? `live ${index}` : item.key}>
            <Place item={item} isOpen={item.post.id === except} places={places} />
          </li>
        ))}
      </ul>
      <Buttons places={places} />
      {places.report !== null && <Report items={places.report} />}
      {state.changes.length > 0 && <Changes changes={state.changes} places={places} />}
    </div>
  );
}

function Intro({ state }: { readonly state: PlacesState }) {
  const sentences = [
    state.items.length === 0 && state.hidden === 0 && __('No post, page or template shows this image.', 'altsmith'),
    state.text !== '' && state.items.length > 0 && __('Places that are ticked get the media library’s text:', 'altsmith'),
    state.text === '' && __('The media library has no alt text for this image yet.', 'altsmith'),
    state.hidden > 0 &&
      sprintf(
        /* translators: %d: number of posts */
        _n('%d post that you may not edit shows it too.', '%d posts that you may not edit show it too.', state.hidden, 'altsmith'),
        state.hidden,
      ),
    state.more && __('There are more; these are the newest.', 'altsmith'),
    !state.scan.done && __('Older posts are still being looked through.', 'altsmith'),
  ].filter((sentence) => sentence !== false);
  return (
    <p>
      {sentences.join(' ')} {state.items.length > 0 && state.text !== '' && <q>{state.text}</q>}
    </p>
  );
}

function Place({
  item,
  isOpen,
  places,
}: {
  readonly item: Placement;
  readonly isOpen: boolean;
  readonly places: PlacesHandle;
}) {
  const words = isOpen ? __('the post that is open here', 'altsmith') : placeWords(item);
  return (
    <>
      {item.can_change && !isOpen ? (
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
        {item.post.view_url !== '' && (
          <a href={item.post.view_url}>
            {__('View', 'altsmith')}
            <span className="screen-reader-text"> {item.post.title}</span>
          </a>
        )}
      </div>
    </>
  );
}

/** First the preview, then the change: nobody writes into posts without having seen what. */
function Buttons({ places }: { readonly places: PlacesHandle }) {
  const { ticked, report, busy } = places;
  if (ticked.length === 0) return null;
  const isPreview = report !== null && report.every((item) => item.outcome === '');
  const when = (task: () => Promise<void>) => () => {
    if (!busy) void task();
  };
  return (
    <p className="altsmith-places__buttons">
      <Button variant="secondary" isBusy={busy} aria-disabled={busy} onClick={when(places.preview)}>
        {__('Preview the changes', 'altsmith')}
      </Button>
      {isPreview && (
        <Button variant="primary" aria-disabled={busy} onClick={when(places.apply)}>
          {
            /* translators: %d: number of places */
            sprintf(_n('Update %d place', 'Update %d places', ticked.length, 'altsmith'), ticked.length)
          }
        </Button>
      )}
    </p>
  );
}

/** The markup before and after, as text. */
function Report({ items }: { readonly items: readonly PlacementPreview[] }) {
  const isDone = items.some((item) => item.outcome === 'updated');
  return (
    <div className="altsmith-places__report">
      {isDone && <p>{summary(items)}</p>}
      {items.map((item) => (
        <section key={item.post_id}>
          <strong>{item.post?.title}</strong> {outcomeWords(item.outcome)}
          {item.changes.map((change) => (
            <div key={`${change.key} ${change.before}`}>
              <del>{change.before}</del>
              <ins>{change.after}</ins>
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}

function Changes({ changes, places }: { readonly changes: readonly Change[]; readonly places: PlacesHandle }) {
  return (
    <>
      <h3>{__('Changes that can be taken back', 'altsmith')}</h3>
      <ul className="altsmith-places__list">
        {changes.map((change) => (
          <li key={change.id}>
            {sprintf(
              /* translators: 1: date and time, 2: name of a person, 3: "2 posts" */
              __('%1$s, %2$s: %3$s.', 'altsmith'),
              new Date(change.at).toLocaleString(),
              change.by,
              /* translators: %d: number of posts */
              sprintf(_n('%d post', '%d posts', change.posts, 'altsmith'), change.posts),
            )}{' '}
            <Button
              variant="link"
              aria-disabled={places.busy}
              onClick={() => {
                if (!places.busy) void places.undo(change.id);
              }}
            >
              {__('Take back', 'altsmith')}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
