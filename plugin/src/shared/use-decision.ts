import { speak } from '@wordpress/a11y';
import { useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { decide, toRequestError } from './api';
import type { Action, Suggestion } from './types';

/** Whether a decision counts for this block alone or for the image wherever it is used. */
export type Reach = 'library' | 'block';

export interface Step {
  readonly action: Action;
  readonly reach: Reach;
  readonly text: string;
  /** What happens to the block, with the text as it was written: the site takes tags and invisible signs out of it. */
  readonly effect: (written: string) => void;
  /** What is said afterwards. */
  readonly done: string;
}

interface Outcome {
  /** With the suggestion as it is now; null when nobody but this block was asked. */
  readonly onDone: (message: string, now: Suggestion | null) => void;
  readonly onFailed: () => void;
}

/** Carries out one step at a time: the library first. If that fails the block stays as it is, and the person hears why. */
export function useDecision(suggestion: Suggestion, { onDone, onFailed }: Outcome) {
  const [busy, setBusy] = useState<Action | null>(null);
  const [message, setMessage] = useState('');

  const run = async ({ action, reach, text, effect, done }: Step): Promise<void> => {
    if (busy !== null) return;
    setMessage('');
    let now: Suggestion | null = null;
    try {
      if (reach === 'library') {
        setBusy(action);
        now = await decide(suggestion.id, {
          action,
          version: suggestion.version,
          seen: suggestion.current_alt,
          displayed: true,
          ...(action === 'approve' ? { values: { alt_text: text } } : {}),
        });
        if (now.state === 'conflict') {
          throw new Error(__('Not saved: someone changed the alt text in the media library in the meantime.', 'altsmith'));
        }
      }
      effect(now?.state === 'applied' ? now.current_alt : text);
      onDone(done, now);
    } catch (thrown) {
      const words = thrown instanceof Error ? thrown.message : toRequestError(thrown).message;
      setBusy(null);
      setMessage(words);
      speak(words, 'assertive');
      onFailed();
    }
  };

  return { busy, message, setMessage, run };
}
