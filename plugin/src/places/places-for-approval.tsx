import { Notice, Spinner } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { hiddenWords, PlaceList, PreviewButton } from './place-list';
import { Report } from './report';
import './style.scss';
import { usePlaces } from './use-places';

interface Props {
  readonly attachment: number;
  /** Number of posts that show the image. */
  readonly usedIn: number;
  /** The text that the places would get, as it stands in the box. */
  readonly text: string;
  /** Whether the suggestion still waits for a decision. */
  readonly isOpen: boolean;
  readonly onTicks: (keys: readonly string[]) => void;
}

/** Where an image is shown, and which of these places get the text with the approval. Nothing is read before it is opened. */
export function PlacesForApproval(props: Props) {
  const [isWanted, setIsWanted] = useState(false);
  if (props.usedIn === 0) return null;
  return (
    <details className="altsmith-places" onToggle={(event) => event.currentTarget.open && setIsWanted(true)}>
      <summary>
        {
          /* translators: %d: number of posts, terms, users and so on */
          sprintf(_n('Used in %d place', 'Used in %d places', props.usedIn, 'altsmith'), props.usedIn)
        }
      </summary>
      {isWanted && <Choice {...props} />}
    </details>
  );
}

function Choice({ attachment, text, isOpen, onTicks }: Props) {
  const places = usePlaces(attachment, { text });
  const { ticked, state, error, report } = places;
  useEffect(() => onTicks(ticked), [ticked]);
  return (
    <>
      {error !== '' && (
        <Notice status="error" isDismissible={false}>
          {error}
        </Notice>
      )}
      {state === null ? (
        error === '' && (
          <p>
            <Spinner /> {__('Searching for places where the image is used…', 'altsmith')}
          </p>
        )
      ) : (
        <>
          <PlaceList places={places} canTick={isOpen} />
          {state.hidden > 0 && <p>{hiddenWords(state.hidden)}</p>}
          {isOpen && ticked.length > 0 && <PreviewButton places={places} />}
          {report !== null && <Report items={report} />}
        </>
      )}
    </>
  );
}
