import { __ } from '@wordpress/i18n';

/** What a letter can do. PHP's Reviewer knows the same names. */
export const GESTURES = ['next', 'previous', 'approve', 'edit', 'reject', 'decorative', 'pass', 'undo', 'help'] as const;
export type Gesture = (typeof GESTURES)[number];

export interface Shortcuts {
  readonly on: boolean;
  readonly keys: Readonly<Record<Gesture, string>>;
}

const DEFAULT_KEYS: Shortcuts['keys'] = {
  next: 'j',
  previous: 'k',
  approve: 'a',
  edit: 'e',
  reject: 'r',
  decorative: 'd',
  pass: 'p',
  undo: 'u',
  help: '?',
};

export const GESTURE_WORDS: Readonly<Record<Gesture, string>> = {
  next: __('Next suggestion', 'altsmith'),
  previous: __('Previous suggestion', 'altsmith'),
  approve: __('Approve', 'altsmith'),
  edit: __('Edit the text; Ctrl + Enter approves, Escape leaves', 'altsmith'),
  reject: __('Reject, with a reason', 'altsmith'),
  decorative: __('Decorative', 'altsmith'),
  pass: __('Pass on to someone else', 'altsmith'),
  undo: __('Undo the latest decision', 'altsmith'),
  help: __('Keyboard shortcuts', 'altsmith'),
};

/** The person's own letters over those of the screen. */
export function shortcutsOf(stored: { readonly on: boolean; readonly keys: Readonly<Record<string, string>> } | undefined): Shortcuts {
  return { on: stored?.on ?? true, keys: { ...DEFAULT_KEYS, ...stored?.keys } };
}

/** Which gestures share a letter with another one. */
export function clashes(keys: Shortcuts['keys']): readonly Gesture[] {
  return GESTURES.filter((one) => GESTURES.some((other) => other !== one && keys[other] === keys[one]));
}
