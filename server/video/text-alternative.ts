import type { Scene } from './describe-scenes';

/** A text for those who do not see the video, to be read and corrected by a person. */
export interface TextAlternative {
  /** The scenes with their times, one a line. */
  readonly text: string;
  /** What it is, and what it is not. */
  readonly note: string;
  /** Success criteria of WCAG 2.2 that it can meet once a person has corrected it, and those that stay open. */
  readonly helps: readonly string[];
  readonly open: readonly string[];
}

/** 75 → "1:15", 3675 → "1:01:15". */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const ended = (text: string) => (/[.!?…。]$/u.test(text) ? text : `${text}.`);

/**
 * A draft of the text alternative. For a video without sound correctly sequenced descriptions are what criterion 1.2.1 asks for
 * (technique G159); with sound, captions (1.2.2) and audio description (1.2.3, 1.2.5) stay to be made, because nobody has listened.
 */
export function textAlternative(
  scenes: readonly Scene[],
  { hasSound, isWhole }: { readonly hasSound: boolean; readonly isWhole: boolean },
): TextAlternative {
  const lines: string[] = [];
  let before = '';
  for (const { from, caption } of scenes) {
    // A scene that reads like the one before adds nothing.
    if (caption !== before) lines.push(`${clock(from)} ${ended(caption)}`);
    before = caption;
  }
  const stills = scenes.length === 1 ? 'one still picture' : `${scenes.length} still pictures`;
  const cut = isWhole ? '' : ' The file is damaged, and only its beginning was seen.';
  const sound = hasSound ? ' The sound was not heard.' : ' The video has no sound.';
  return {
    text: lines.join('\n'),
    note: `Draft made from ${stills} of the video: check it against the video, and add what happens between them.${sound}${cut}`,
    helps: hasSound ? [] : ['1.2.1'],
    open: hasSound ? ['1.2.2', '1.2.3', '1.2.5'] : [],
  };
}
