import { speak } from '@wordpress/a11y';
import { useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { toRequestError } from '../shared/api';

/** What went wrong with each suggestion. Whoever is at another image by now hears which one it is about. */
export function useMessages() {
  const [messages, setMessages] = useState<Readonly<Record<string, string>>>({});
  return {
    messageOf: (id: string) => messages[id] ?? '',
    fail: (id: string, thrown: unknown, name: string) => {
      const { message } = toRequestError(thrown);
      setMessages((now) => ({ ...now, [id]: message }));
      /* translators: 1: name of an image, 2: what went wrong */
      speak(sprintf(__('“%1$s”: %2$s', 'altsmith'), name, message), 'assertive');
    },
    clear: (id: string) => setMessages((now) => ({ ...now, [id]: '' })),
  };
}
