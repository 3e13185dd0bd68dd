import { useEffect, useRef, useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog';

/** What each key does. Single letters, so they can be switched off (WCAG 2.1.4). */
export interface Deeds {
  readonly next: () => void;
  readonly previous: () => void;
  readonly approve: () => void;
  readonly edit: () => void;
  readonly reject: () => void;
  readonly decorative: () => void;
  readonly undo: () => void;
  readonly help: () => void;
}

const KEYS: readonly (readonly [string, keyof Deeds, string])[] = [
  ['j', 'next', 'next suggestion'],
  ['k', 'previous', 'suggestion before'],
  ['a', 'approve', 'approve'],
  ['e', 'edit', 'edit the alt text; Escape leaves it, Ctrl+Enter approves'],
  ['r', 'reject', 'reject, with a reason'],
  ['d', 'decorative', 'mark as decorative'],
  ['u', 'undo', 'take back the latest decision'],
  ['?', 'help', 'this list'],
];

const NAME = 'altsmith.shortcuts';

export function useShortcutChoice(): [boolean, (isOn: boolean) => void] {
  const [isOn, setOn] = useState(() => localStorage.getItem(NAME) !== 'off');
  const keep = (next: boolean) => {
    localStorage.setItem(NAME, next ? 'on' : 'off');
    setOn(next);
  };
  return [isOn, keep];
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest('input, textarea, select, [contenteditable], dialog') !== null;
}

export function useShortcuts(deeds: Deeds, isOn: boolean): void {
  const latest = useRef(deeds);
  latest.current = deeds;
  useEffect(() => {
    if (!isOn) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLTextAreaElement && event.target.classList.contains('alt-text')) {
        leaveText(event, event.target, latest.current);
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      const found = KEYS.find(([key]) => key === event.key.toLowerCase());
      if (found === undefined) return;
      event.preventDefault();
      latest.current[found[1]]();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [isOn]);
}

function leaveText(event: KeyboardEvent, field: HTMLTextAreaElement, deeds: Deeds): void {
  if (event.key === 'Escape') field.closest('article')?.focus();
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    deeds.approve();
  }
}

interface HelpProps {
  readonly isOn: boolean;
  readonly onSwitch: (isOn: boolean) => void;
  readonly onClose: () => void;
}

export function ShortcutHelp({ isOn, onSwitch, onClose }: HelpProps) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="pairs keys">
        {KEYS.map(([key, , words]) => (
          <div key={key}>
            <dt>
              <kbd>{key.toUpperCase()}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <label class="row">
        <input type="checkbox" checked={isOn} onChange={(event) => onSwitch(event.currentTarget.checked)} />
        Letters work as shortcuts
      </label>
    </Dialog>
  );
}
