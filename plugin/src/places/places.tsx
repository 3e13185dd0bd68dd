import { Button, Notice, Spinner } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { formatTime } from '../shared/format';
import { hiddenWords, PlaceList, PreviewButton } from './place-list';
import type { Change, PlacesState } from './places-api';
import { Report } from './report';
import './style.scss';
import { usePlaces, type PlacesHandle } from './use-places';

interface Props {
  readonly attachment: number;
  /** The post that is open in the editor; 0 elsewhere. */
  readonly except?: number;
}

/** Where an image is used, with its text there; and a way to bring the library's text to the places a person ticks. */
export function Places({ attachment, except = 0 }: Props) {
  const places = usePlaces(attachment, { except });
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
          <Spinner /> {__('Searching for places where the image is used…', 'altsmith')}
        </p>
      )
    );
  }
  return (
    <div className="altsmith-places">
      {problem}
      <Intro state={state} />
      <PlaceList places={places} openPost={except} />
      <Unread unread={state.unread} />
      <Buttons places={places} />
      {places.report !== null && <Report items={places.report} />}
      {state.changes.length > 0 && <Changes changes={state.changes} places={places} />}
    </div>
  );
}

function Intro({ state }: { readonly state: PlacesState }) {
  const sentences = [
    state.items.length === 0 && state.hidden === 0 && nothingFound(state),
    state.text !== '' && state.items.length > 0 && __('Selected places get the media library’s text:', 'altsmith'),
    state.text === '' && __('The media library has no alt text for this image yet.', 'altsmith'),
    hiddenWords(state.hidden),
    state.more && __('There are more; these are the newest.', 'altsmith'),
    !state.scan.done && __('Older posts are still being searched.', 'altsmith'),
  ].filter((sentence) => sentence !== false && sentence !== '');
  return (
    <p>
      {sentences.join(' ')} {state.items.length > 0 && state.text !== '' && <q>{state.text}</q>}
    </p>
  );
}

/** Never more than is known: what was looked at is named, and what was not. */
function nothingFound({ scan, unread }: PlacesState): string {
  return scan.done && unread.count === 0
    ? __(
        'The image was not found in posts, pages, patterns, templates, menus, widgets, terms, or the images of the site. Files of the theme and settings of other plugins are not searched.',
        'altsmith',
      )
    : __('The image has not been found so far.', 'altsmith');
}

/** Pages whose data is of a form that is not understood. */
function Unread({ unread }: { readonly unread: PlacesState['unread'] }) {
  if (unread.count === 0) return null;
  return (
    <>
      <p>
        {sprintf(
          /* translators: %d: number of pages */
          _n(
            '%d page could not be searched. The image may be shown there:',
            '%d pages could not be searched. The image may be shown there:',
            unread.count,
            'altsmith',
          ),
          unread.count,
        )}
      </p>
      <ul className="altsmith-places__list">
        {unread.items.map((item) => (
          <li key={`${item.type} ${item.id} ${item.title}`}>
            <a href={item.edit_url}>{item.title}</a> {item.builder === '' ? item.type : item.builder}
          </li>
        ))}
      </ul>
    </>
  );
}

/** First the preview, then the change: nobody writes into posts without having seen what. */
function Buttons({ places }: { readonly places: PlacesHandle }) {
  const { ticked, report, busy } = places;
  if (ticked.length === 0) return null;
  const isPreview = report !== null && report.every((item) => item.outcome === '');
  return (
    <p className="altsmith-places__buttons">
      <PreviewButton places={places} />
      {isPreview && (
        <Button variant="primary" aria-disabled={busy} onClick={() => {
            if (!busy) void places.apply();
          }}>
          {
            /* translators: %d: number of places */
            sprintf(_n('Update %d place', 'Update %d places', ticked.length, 'altsmith'), ticked.length)
          }
        </Button>
      )}
    </p>
  );
}

function Changes({ changes, places }: { readonly changes: readonly Change[]; readonly places: PlacesHandle }) {
  return (
    <>
      <h3>{__('Changes you can undo', 'altsmith')}</h3>
      <ul className="altsmith-places__list">
        {changes.map((change) => (
          <li key={change.id}>
            {sprintf(
              /* translators: 1: date and time, 2: name of a person, 3: "2 posts" */
              __('%1$s, %2$s: %3$s.', 'altsmith'),
              formatTime(change.at),
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
              {__('Undo', 'altsmith')}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
