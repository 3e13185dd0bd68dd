import { useEffect, useRef } from '@wordpress/element';
import type { Picture, Suggestion } from '../shared/types';

/** Of the window: what the picture may take at most. The rest is for its text and the buttons. */
const SHARE_OF_HEIGHT = 0.62;
/** Pictures that are kept ready. */
const AHEAD = 3;

/** How wide a picture is shown, for the browser's choice among its sizes. */
export function shownWidth(picture: Picture): number {
  const high = window.innerHeight * SHARE_OF_HEIGHT;
  const width = picture.height > 0 ? (high * picture.width) / picture.height : window.innerWidth;
  return Math.max(1, Math.round(Math.min(window.innerWidth, picture.width, width)));
}

/** Loads and decodes the next pictures, so that a key press only has to show one. */
export function usePreload(items: readonly Suggestion[], current: number): void {
  const kept = useRef(new Map<string, HTMLImageElement>());
  const wanted = [current - 1, ...Array.from({ length: AHEAD }, (_, step) => current + step + 1)]
    .map((index) => items[index]?.picture ?? null)
    .filter((picture): picture is Picture => picture !== null);
  const names = wanted.map(({ url }) => url).join('\n');
  useEffect(() => {
    for (const url of kept.current.keys()) if (!names.split('\n').includes(url)) kept.current.delete(url);
    for (const picture of wanted) {
      if (kept.current.has(picture.url)) continue;
      const image = new Image();
      if (picture.srcset !== '') {
        image.sizes = `${shownWidth(picture)}px`;
        image.srcset = picture.srcset;
      }
      image.src = picture.url;
      // A file that is gone is told by the picture itself, when its turn comes.
      void image.decode().catch(() => undefined);
      kept.current.set(picture.url, image);
    }
    // `wanted` is another list each time; its names say whether it is the same.
  }, [names]);
}
