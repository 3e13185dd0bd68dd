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

/** With a full stop, unless it has a mark. */
export const ended = (text: string) => (/[!.?…。！？।؟]$/u.test(text) ? text : `${text}.`);

interface Facts {
  /** Null where nobody could tell. */
  readonly hasSound: boolean | null;
  readonly isWhole: boolean;
}

/** The scenes with their times, one a line. A scene that reads like the one before adds nothing. */
export function timedList(scenes: readonly Pick<Scene, 'from' | 'caption'>[]): string {
  return scenes
    .filter(({ caption }, index) => caption !== scenes[index - 1]?.caption)
    .map(({ from, caption }) => `${clock(from)} ${ended(caption)}`)
    .join('\n');
}

/** What a text alternative is made from, and what it leaves out. */
export function noteOf({ stills, hasSound, isWhole }: Facts & { readonly stills: number }): string {
  const pictures = stills === 1 ? 'one still picture' : `${stills} still pictures`;
  const sound =
    hasSound === null
      ? ' Whether the video has sound is not known.'
      : hasSound
        ? ' The sound was not heard.'
        : ' The video has no sound.';
  const cut = isWhole ? '' : ' The file is damaged, and only its beginning was seen.';
  return `Draft made from ${pictures} of the video: check it against the video, and add what happens between them.${sound}${cut}`;
}

/**
 * For a video without sound correctly sequenced descriptions are what criterion 1.2.1 asks for (technique G159); with sound, captions
 * (1.2.2) and audio description (1.2.3, 1.2.5) stay to be made, because nobody has listened.
 */
export function wcagOf(hasSound: boolean | null): { helps: string[]; open: string[] } {
  return { helps: hasSound === false ? ['1.2.1'] : [], open: hasSound === true ? ['1.2.2', '1.2.3', '1.2.5'] : [] };
}

/** A draft of the text alternative. */
export function textAlternative(scenes: readonly Scene[], facts: Facts): TextAlternative {
  return {
    text: timedList(scenes),
    note: noteOf({ stills: scenes.length, ...facts }),
    ...wcagOf(facts.hasSound),
  };
}
