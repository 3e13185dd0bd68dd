import { speak } from '@wordpress/a11y';
import { Button, Notice, Spinner } from '@wordpress/components';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { isUnderWay, type AttachmentState } from '../shared/attachment-api';
import { withAltText, type BlockImage } from '../shared/block-images';
import type { Suggestion } from '../shared/types';
import { OtherPlaces } from './other-places';
import { SuggestionForm } from './suggestion-form';
import { useAttachment, type AttachmentHandle } from '../shared/use-attachment';
import type { BlockProps } from './with-panel';

/** States in which a suggestion can still be taken. */
const OPEN = ['pending', 'conflict'];

interface Props extends BlockProps {
  readonly image: BlockImage;
}

/** The state of one picture's suggestion, and what can be done about it. */
export function PicturePanel(props: Props) {
  const attachment = useAttachment(props.image.attachment);
  const { state, error } = attachment;
  if (props.image.decorative) {
    return (
      <p>{__('This image is marked as decorative: screen readers skip it. It needs no alt text.', 'altsmith')}</p>
    );
  }
  if (state !== null) return <Known {...props} attachment={attachment} state={state} />;
  if (error === null) {
    return (
      <p>
        <Spinner /> {__('Loading…', 'altsmith')}
      </p>
    );
  }
  const words =
    error.status === 404
      ? __('Only people who can edit this image can request a suggestion.', 'altsmith')
      : error.message;
  return <p>{words}</p>;
}

interface KnownProps extends Props {
  readonly attachment: AttachmentHandle;
  readonly state: AttachmentState;
}

function Known(props: KnownProps) {
  const { attachment, state } = props;
  const { suggestion } = state;
  const [hidden, setHidden] = useState('');
  const isHidden = suggestion !== null && hidden === suggestion.id;
  const isBusy = attachment.busy || isUnderWay(state.status);
  const isOpen = suggestion !== null && OPEN.includes(suggestion.state) && !isHidden;
  const generate = useRef<HTMLButtonElement>(null);
  const focus = useArrival(isOpen && !isBusy ? `${suggestion.id} ${suggestion.version}` : '');

  const onGenerate = async () => {
    if (isBusy) return;
    setHidden('');
    focus.expect();
    if (isHidden && OPEN.includes(suggestion.state)) return; // It is here already.
    speak(__('Generating…', 'altsmith'));
    const next = await attachment.generate();
    if (next === null || isUnderWay(next.status) || OPEN.includes(next.status)) return;
    focus.forget();
    speak(next.status_text, 'assertive');
  };

  const onDone = async (message: string, now: Suggestion | null) => {
    focus.forget();
    if (now === null) setHidden(suggestion?.id ?? '');
    else attachment.put({ ...state, status: now.status, suggestion: now });
    // Back to where the person came from: the form with its buttons is about to go.
    generate.current?.focus();
    speak(message);
    await attachment.reload();
  };

  return (
    <>
      <Words state={state} busy={isBusy} />
      {[attachment.error?.message, state.problem].map((problem) => problem && <Problem key={problem} message={problem} />)}
      <LibraryText {...props} />
      <OtherPlaces state={state} />
      {isOpen && (
        <SuggestionForm
          key={`${suggestion.id} ${suggestion.version}`}
          block={props}
          image={props.image}
          suggestion={suggestion}
          takeFocus={focus.arrived}
          onDone={(message, now) => void onDone(message, now)}
          onFailed={() => void attachment.reload()}
        />
      )}
      {window.altsmith.configured ? (
        <Button
          ref={generate}
          variant="secondary"
          isBusy={isBusy}
          aria-disabled={isBusy}
          onClick={() => void onGenerate()}
        >
          {label(isBusy, suggestion !== null, isHidden && OPEN.includes(suggestion.state))}
        </Button>
      ) : (
        <NotSetUp />
      )}{' '}
      {suggestion !== null && <a href={state.review_url}>{__('Open in Alt text review', 'altsmith')}</a>}
    </>
  );
}

/**
 * Only a suggestion the person asked for takes the focus; one that arrives by itself must not pull anybody away.
 *
 * @param shown Names the suggestion on the screen; '' when there is none.
 */
function useArrival(shown: string) {
  const [expected, setExpected] = useState(false);
  const [arrived, setArrived] = useState(false);
  useEffect(() => {
    if (shown === '' || !expected) return;
    setExpected(false);
    setArrived(true);
    speak(__('A suggestion is available.', 'altsmith'));
  }, [shown, expected]);
  return {
    arrived,
    expect: () => {
      setArrived(false);
      setExpected(true);
    },
    forget: () => {
      setArrived(false);
      setExpected(false);
    },
  };
}

function label(busy: boolean, again: boolean, hidden: boolean): string {
  if (busy) return __('Generating…', 'altsmith');
  if (hidden) return __('Show the suggestion', 'altsmith');
  return again ? __('Regenerate', 'altsmith') : __('Generate', 'altsmith');
}

function Words({ state, busy }: { readonly state: AttachmentState; readonly busy: boolean }) {
  return (
    <p className="altsmith-panel__status" data-status={state.status}>
      {busy && <Spinner />} {state.status_text} {state.error === null ? '' : state.error.message}
    </p>
  );
}

function Problem({ message }: { readonly message: string }) {
  return (
    <Notice status="error" isDismissible={false} className="altsmith-panel__notice">
      {message}
    </Notice>
  );
}

function NotSetUp() {
  return (
    <p>
      {__('No sidecar is connected yet, so no suggestions are made.', 'altsmith')}{' '}
      {window.altsmith.canSettings && <a href={window.altsmith.settingsUrl}>{__('Connect it', 'altsmith')}</a>}
    </p>
  );
}

/** The library knows a text that this block has not: one click brings it here, without any machine. */
function LibraryText({ name, image, setAttributes, state }: KnownProps) {
  if (state.alt_text === '' || state.alt_text === image.altText) return null;
  return (
    <p className="altsmith-panel__library">
      {__('The media library has this alt text:', 'altsmith')} <q>{state.alt_text}</q>{' '}
      <Button
        variant="link"
        onClick={() => {
          setAttributes(withAltText(name, state.alt_text));
          speak(__('The block has the media library’s alt text now.', 'altsmith'));
        }}
      >
        {image.altText === '' ? __('Use it here', 'altsmith') : __('Use it here instead', 'altsmith')}
      </Button>
    </p>
  );
}
