import { speak } from '@wordpress/a11y';
import { Button, Notice } from '@wordpress/components';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { toRequestError } from '../shared/api';
import { sendFrames, type AttachmentState } from '../shared/attachment-api';
import { cutFrames } from './cut-frames';

interface Props {
  readonly attachment: number;
  readonly url: string;
  readonly onSent: (state: AttachmentState) => void;
}

/** Where the sidecar could not read a video: this browser takes still pictures of it, and they are sent instead. */
export function FramesHelp({ attachment, url, onSent }: Props) {
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState('');
  const life = useRef(new AbortController());
  useEffect(() => {
    life.current = new AbortController();
    return () => life.current.abort();
  }, [attachment]);

  const send = async () => {
    const { signal } = life.current;
    setProblem('');
    setShare(0);
    speak(__('Taking still pictures…', 'altsmith'));
    try {
      const { duration, frames } = await cutFrames(url, setShare, signal);
      onSent(await sendFrames(attachment, duration, frames, signal));
    } catch (thrown) {
      if (signal.aborted) return;
      const words = thrown instanceof Error ? thrown.message : toRequestError(thrown).message;
      setProblem(words);
      speak(words, 'assertive');
    } finally {
      if (!signal.aborted) setShare(null);
    }
  };

  return (
    <>
      <p>{__('This browser may be able to play the video, and can send still pictures of it instead.', 'altsmith')}</p>
      {problem !== '' && (
        <Notice status="error" isDismissible={false}>
          {problem}
        </Notice>
      )}
      <p>
        <Button variant="secondary" isBusy={share !== null} aria-disabled={share !== null} onClick={() => share === null && void send()}>
          {share === null
            ? __('Take still pictures in this browser', 'altsmith')
            : /* translators: %d: a percentage */
              sprintf(__('Taking still pictures: %d %%', 'altsmith'), Math.round(share * 100))}
        </Button>
      </p>
    </>
  );
}
