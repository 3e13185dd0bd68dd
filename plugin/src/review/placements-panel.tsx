import { Button, CheckboxControl } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { toRequestError } from '../shared/api';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import type { Suggestion } from '../shared/types';
import {
  previewPlacements,
  readPlacements,
  type Placement,
  type PlacementPreview,
  type Placements,
} from './placements-api';
import { useScreen } from './screen-context';
import { isOpen } from './suggestion-words';

const STATE_WORDS: Readonly<Record<Placement['state'], string>> = {
  empty: __('no alt text there', 'altsmith'),
  old_value: __('has the older text', 'altsmith'),
  current: __('has this text already', 'altsmith'),
  custom: __('has a text of its own', 'altsmith'),
  decorative: __('decorative there', 'altsmith'),
  linked: __('is a link there', 'altsmith'),
  live: __('always shows the library’s text', 'altsmith'),
};

interface Props {
  readonly suggestion: Suggestion;
  readonly text: string;
}

/** Where the image is shown, and which of these places get the text with the approval. */
export function PlacementsPanel({ suggestion, text }: Props) {
  const { review } = useScreen();
  const [found, setFound] = useState<Placements | null>(null);
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const [preview, setPreview] = useState<readonly PlacementPreview[] | null>(null);
  const [error, setError] = useState('');
  if (suggestion.used_in === 0) return null;

  const tick = (keys: readonly string[]) => {
    setTicked(keys);
    setPreview(null);
    review.setPlaces(suggestion.id, keys);
  };
  const load = async () => {
    try {
      const now = await readPlacements(suggestion.attachment_id, text);
      setFound(now);
      tick(now.items.filter((item) => item.ticked && item.can_change).map((item) => item.key));
    } catch (thrown) {
      setError(toRequestError(thrown).message);
    }
  };
  const look = async () => {
    try {
      setPreview((await previewPlacements(suggestion.attachment_id, ticked, text)).items);
    } catch (thrown) {
      setError(toRequestError(thrown).message);
    }
  };

  return (
    <details
      className="altsmith-places"
      onToggle={(event) => {
        if (event.currentTarget.open && found === null) void load();
      }}
    >
      <summary>
        {sprintf(
          /* translators: %d: number of posts */
          _n('Used in %d post', 'Used in %d posts', suggestion.used_in, 'altsmith'),
          suggestion.used_in,
        )}
      </summary>
      {error === '' ? null : <p className="altsmith-card__message">{error}</p>}
      {found === null ? null : (
        <>
          <ul>
            {found.items.map((item, index) => (
              <li key={item.key === '' ? `place ${index}` : item.key}>
                <Place item={item} open={isOpen(suggestion)} ticked={ticked} onTick={tick} />
              </li>
            ))}
          </ul>
          {found.hidden > 0 ? (
            <p>
              {sprintf(
                /* translators: %d: number of posts */
                _n('%d more that you may not edit.', '%d more that you may not edit.', found.hidden, 'altsmith'),
                found.hidden,
              )}
            </p>
          ) : null}
          {isOpen(suggestion) && ticked.length > 0 ? (
            <Button variant="secondary" onClick={() => void look()}>
              {__('Preview the changes', 'altsmith')}
            </Button>
          ) : null}
          {preview === null ? null : <Preview items={preview} />}
        </>
      )}
    </details>
  );
}

interface PlaceProps {
  readonly item: Placement;
  readonly open: boolean;
  readonly ticked: readonly string[];
  readonly onTick: (keys: readonly string[]) => void;
}

function Place({ item, open, ticked, onTick }: PlaceProps) {
  const words =
    item.builder === '' ? STATE_WORDS[item.state] : __('made with a page builder: change it there', 'altsmith');
  const link = (
    <a href={item.post.view_url === '' ? item.post.edit_url : item.post.view_url}>
      {item.post.title} ({item.post.type})
    </a>
  );
  return (
    <>
      {open && item.can_change ? (
        <CheckboxControl
          label={sprintf(
            /* translators: 1: title of a post, 2: how the image stands there */
            __('Update in “%1$s”: %2$s', 'altsmith'),
            item.post.title,
            words,
          )}
          checked={ticked.includes(item.key)}
          onChange={(on) => onTick(on ? [...ticked, item.key] : ticked.filter((key) => key !== item.key))}
          {...NO_EXTRA_MARGIN}
        />
      ) : (
        <span>
          {item.post.title}: {words}
        </span>
      )}{' '}
      {link}
      {item.alt_text === null || item.alt_text === '' ? null : <q>{item.alt_text}</q>}
    </>
  );
}

/** The markup before and after, as text. */
function Preview({ items }: { readonly items: readonly PlacementPreview[] }) {
  return (
    <div className="altsmith-places__preview">
      {items.map((item) => (
        <section key={item.post_id} aria-label={item.post?.title ?? ''}>
          <strong>{item.post?.title}</strong>
          {item.outcome === '' ? null : <p>{item.outcome}</p>}
          {item.changes.map((change) => (
            <div key={change.key}>
              <del>{change.before}</del>
              <ins>{change.after}</ins>
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}
