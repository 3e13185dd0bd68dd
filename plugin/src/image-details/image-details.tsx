import { speak } from '@wordpress/a11y';
import { Button, Notice, Spinner } from '@wordpress/components';
import { useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { isUnderWay, type AttachmentState } from '../shared/attachment-api';
import { SuggestedText } from '../shared/suggested-text';
import type { Action, Suggestion } from '../shared/types';
import { useAttachment } from '../shared/use-attachment';
import { useDecision } from '../shared/use-decision';
import { FramesHelp } from './frames-help';

interface Props {
  readonly attachment: number;
  /** The library's alt text is another one now; WordPress's own field does not know it yet. */
  readonly onWritten: (text: string, kind: Suggestion['kind']) => void;
}

/** In the media window and on the image's own screen: where its suggestion stands, and what can be done about it. */
export function ImageDetails({ attachment, onWritten }: Props) {
  const image = useAttachment(attachment);
  const generate = useRef<HTMLButtonElement>(null);
  const { state } = image;
  if (state === null) return image.error === null ? <Spinner /> : <p>{image.error.message}</p>;
  const { suggestion } = state;
  const isBusy = image.busy || isUnderWay(state.status);

  const onGenerate = async () => {
    if (isBusy) return;
    speak(__('Generating…', 'altsmith'));
    const next = await image.generate();
    if (next !== null && !isUnderWay(next.status)) speak(next.status_text);
  };
  const onDone = (words: string, now: Suggestion) => {
    if (now.state === 'applied') onWritten(now.current_alt, now.kind);
    // The form with its buttons is about to go.
    generate.current?.focus();
    image.put({ ...state, status: now.status, suggestion: now });
    speak(words);
    void image.reload();
  };

  return (
    <>
      <p data-status={state.status}>
        {isBusy && <Spinner />} {state.status_text}
      </p>
      {[image.error?.message, state.error?.message, state.problem].map((words) => words && <Problem key={words} words={words} />)}
      {suggestion !== null && isOpen(state) && (
        <Form
          key={`${suggestion.id} ${suggestion.version}`}
          suggestion={suggestion}
          onDone={onDone}
          onFailed={() => void image.reload()}
        />
      )}
      {state.frames_help && window.altsmith.configured && (
        <FramesHelp attachment={attachment} url={state.video_url} onSent={image.put} />
      )}
      <p>
        {window.altsmith.configured && (
          <Button
            ref={generate}
            variant="secondary"
            isBusy={isBusy}
            aria-disabled={isBusy}
            onClick={() => void onGenerate()}
          >
            {isBusy
              ? __('Generating…', 'altsmith')
              : suggestion === null
                ? __('Generate', 'altsmith')
                : __('Regenerate', 'altsmith')}
          </Button>
        )}{' '}
        {suggestion !== null && <a href={state.review_url}>{__('Open in Alt text review', 'altsmith')}</a>}
      </p>
    </>
  );
}

const isOpen = ({ status }: AttachmentState) => status === 'pending' || status === 'conflict';

interface FormProps {
  readonly suggestion: Suggestion;
  readonly onDone: (words: string, now: Suggestion) => void;
  readonly onFailed: () => void;
}

function Form({ suggestion, onDone, onFailed }: FormProps) {
  const [text, setText] = useState(suggestion.suggested_alt);
  const decision = useDecision(suggestion, {
    onDone: (words, now) => now !== null && onDone(words, now),
    onFailed,
  });
  const decide = (action: Action, done: string) => () =>
    void decision.run({ action, reach: 'library', text: text.trim(), effect: () => undefined, done });
  const isBusy = decision.busy !== null;
  return (
    <>
      <SuggestedText suggestion={suggestion} text={text} rows={3} onText={setText} />
      {suggestion.flags.map((flag) => (
        <p key={flag.code} className="description">
          {flag.message}
        </p>
      ))}
      {decision.message !== '' && <Problem words={decision.message} />}
      <p className="altsmith-details__buttons">
        <Button
          variant="primary"
          isBusy={decision.busy === 'approve'}
          aria-disabled={isBusy || text.trim() === ''}
          onClick={text.trim() === '' ? undefined : decide('approve', __('Applied in the media library.', 'altsmith'))}
        >
          {__('Apply', 'altsmith')}
        </Button>
        <Button
          variant="secondary"
          isBusy={decision.busy === 'reject'}
          aria-disabled={isBusy}
          onClick={decide('reject', __('Rejected. It will not be suggested again automatically.', 'altsmith'))}
        >
          {__('Dismiss', 'altsmith')}
        </Button>
        {suggestion.kind === 'image' && (
          <Button
            variant="tertiary"
            isBusy={decision.busy === 'decorative'}
            aria-disabled={isBusy}
            onClick={decide('decorative', __('Marked as decorative.', 'altsmith'))}
          >
            {__('Decorative', 'altsmith')}
          </Button>
        )}
      </p>
    </>
  );
}

function Problem({ words }: { readonly words: string }) {
  return (
    <Notice status="error" isDismissible={false}>
      {words}
    </Notice>
  );
}
