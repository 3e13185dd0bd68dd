import { speak } from '@wordpress/a11y';
import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { sync, toRequestError } from '../shared/api';
import { poll } from '../shared/poll';
import { actOnTranslation, readTranslation, type Translation, type TranslationAction, type Which } from './translation-api';

const SPOKEN: Record<TranslationAction, string> = {
  start: __('The translation has started.', 'altsmith'),
  pause: __('The translation is paused.', 'altsmith'),
  resume: __('The translation continues.', 'altsmith'),
  cancel: __('The translation is cancelled. What has been translated stays.', 'altsmith'),
};

const COMPLETE = __('The translation is complete.', 'altsmith');

export interface TranslationState {
  /** Null until the site has answered. */
  readonly translation: Translation | null;
  /** What is wrong; what was known before stays. */
  readonly error: string;
  readonly busy: boolean;
  readonly act: (action: TranslationAction, choice?: { readonly language: string; readonly which: Which }) => Promise<void>;
}

/** The run that translates what is there, read again while it goes on. It does not need the screen. */
export function useTranslation(): TranslationState {
  const [translation, setTranslation] = useState<Translation | null>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  /** Number of the person's actions: each restarts the polling, and what was asked before it is thrown away. */
  const [acts, setActs] = useState(0);
  const before = useRef('');

  const show = useCallback((now: Translation) => {
    const state = now.run?.state ?? '';
    if (before.current === 'running' && state === 'done') speak(COMPLETE);
    before.current = state;
    setTranslation(now);
    setError('');
  }, []);

  useEffect(() => {
    let isWanted = true;
    const end = poll(async () => {
      try {
        const now = await readTranslation();
        if (!isWanted) return false;
        show(now);
        if (now.run?.state !== 'running') return false;
        // Brings the translations into the review.
        await sync();
        return true;
      } catch (thrown) {
        if (isWanted) setError(toRequestError(thrown).message);
        return false;
      }
    });
    return () => {
      isWanted = false;
      end();
    };
  }, [acts, show]);

  const act: TranslationState['act'] = async (action, choice) => {
    setBusy(true);
    try {
      show(await actOnTranslation(action, choice));
      speak(SPOKEN[action]);
    } catch (thrown) {
      const { message } = toRequestError(thrown);
      setError(message);
      speak(message, 'assertive');
    } finally {
      setActs((count) => count + 1);
      setBusy(false);
    }
  };

  return { translation, error, busy, act };
}
