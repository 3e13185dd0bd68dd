import { useState } from '@wordpress/element';
import type { Suggestion } from '../shared/types';

/** What a person has chosen for a video besides its description. Nothing is published that they did not ask for. */
export interface VideoChoice {
  readonly alternative: string;
  readonly takesAlternative: boolean;
  readonly takesPoster: boolean;
  /** Alt text of the poster. */
  readonly posterAlt: string;
}

export function useVideoChoices() {
  const [choices, setChoices] = useState<Readonly<Record<string, Partial<VideoChoice>>>>({});
  return {
    videoOf: ({ id, video }: Suggestion): VideoChoice => ({
      alternative: video?.text_alternative ?? '',
      takesAlternative: false,
      takesPoster: false,
      posterAlt: video?.poster?.alt_text ?? '',
      ...choices[id],
    }),
    setVideo: (id: string, change: Partial<VideoChoice>) => setChoices((now) => ({ ...now, [id]: { ...now[id], ...change } })),
  };
}
