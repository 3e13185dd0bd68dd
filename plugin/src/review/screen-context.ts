import { createContext, useContext } from '@wordpress/element';
import type { Review } from './use-review';

export interface Screen {
  readonly review: Review;
  /** The suggestion whose reasons for a rejection are asked for; '' for none. */
  readonly rejecting: string;
  readonly setRejecting: (id: string) => void;
}

const Context = createContext<Screen | null>(null);

export const ScreenProvider = Context.Provider;

/** What the cards in DataViews' cells share with the screen around them. */
export function useScreen(): Screen {
  const screen = useContext(Context);
  if (screen === null) throw new Error('a card outside of the review screen');
  return screen;
}
