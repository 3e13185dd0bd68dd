import { Button, Modal, TextControl, ToggleControl } from '@wordpress/components';
import { useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { keepShortcuts, toRequestError } from '../shared/api';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import { clashes, GESTURE_WORDS, GESTURES, shortcutsOf, type Shortcuts } from './shortcuts';

interface Props {
  readonly shortcuts: Shortcuts;
  readonly onChange: (shortcuts: Shortcuts) => void;
  readonly onClose: () => void;
}

function isUsable(keys: Shortcuts['keys']): boolean {
  return clashes(keys).length === 0 && !Object.values(keys).includes('');
}

function helpFor(key: string, isDoubled: boolean): { readonly help?: string } {
  if (key === '') return { help: __('Enter a letter.', 'altsmith') };
  return isDoubled ? { help: __('Another action has this letter. Changes are saved once every letter is used only once.', 'altsmith') } : {};
}

/** The letters, which can be changed and switched off: some people speak to their computer, or press keys by accident. */
export function ShortcutsDialog({ shortcuts, onChange, onClose }: Props) {
  const [error, setError] = useState('');
  const doubled = clashes(shortcuts.keys);
  // Letters are saved only while each field has one and none is used twice. The switch is saved in any case.
  const usable = useRef(shortcuts.keys);
  const change = (next: Shortcuts) => {
    onChange(next);
    if (isUsable(next.keys)) usable.current = next.keys;
    keepShortcuts({ on: next.on, keys: usable.current }).then(
      () => setError(''),
      (thrown: unknown) => setError(toRequestError(thrown).message),
    );
  };
  return (
    <Modal title={__('Keyboard shortcuts', 'altsmith')} onRequestClose={onClose} className="altsmith-shortcuts">
      <ToggleControl
        label={__('Use single letters', 'altsmith')}
        help={__('They work while the list or focus mode has the focus, and never while you type.', 'altsmith')}
        checked={shortcuts.on}
        onChange={(on) => change({ ...shortcuts, on })}
        {...NO_EXTRA_MARGIN}
      />
      {error === '' ? null : <p className="altsmith-card__message">{error}</p>}
      <ul>
        {GESTURES.map((gesture) => (
          <li key={gesture}>
            <TextControl
              label={GESTURE_WORDS[gesture]}
              value={shortcuts.keys[gesture].toLocaleUpperCase()}
              disabled={!shortcuts.on}
              maxLength={2}
              autoComplete="off"
              onChange={(typed) =>
                change({ ...shortcuts, keys: { ...shortcuts.keys, [gesture]: typed.trim().slice(-1).toLocaleLowerCase() } })
              }
              {...NO_EXTRA_MARGIN}
              {...helpFor(shortcuts.keys[gesture], doubled.includes(gesture))}
            />
          </li>
        ))}
      </ul>
      <p>{__('In focus mode the arrow keys go to the next and the previous image, and Escape leads back to the list.', 'altsmith')}</p>
      <Button variant="secondary" onClick={() => change(shortcutsOf(undefined))}>
        {__('Reset', 'altsmith')}
      </Button>
    </Modal>
  );
}
