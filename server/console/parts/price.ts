import { useCallback, useState } from 'preact/hooks';
import { useStatus } from '../connection/status';

/** What an hour of this machine costs its owner: from the sidecar's settings, or kept in this browser. Never guessed. */
export interface Price {
  readonly perHour: number;
  readonly currency: string;
}

const NAME = 'altsmith.price';

function readPrice(): Price | null {
  const [amount, currency] = (localStorage.getItem(NAME) ?? '').split(' ');
  const perHour = Number(amount);
  return currency === undefined || !Number.isFinite(perHour) || perHour <= 0 ? null : { perHour, currency };
}

/** The price in force; the browser's own comes first. */
export function usePrice(): Price | null {
  const [own] = useOwnPrice();
  const set = usePriceOfSettings();
  return own ?? set;
}

/** The one of ALTSMITH_PRICE_PER_HOUR. */
export function usePriceOfSettings(): Price | null {
  const cost = useStatus()?.data?.cost ?? null;
  return cost === null ? null : { perHour: cost.per_hour, currency: cost.currency };
}

/** The one that this browser keeps, and how to change it. */
export function useOwnPrice(): [Price | null, (price: Price | null) => void] {
  const [price, setPrice] = useState(readPrice);
  const keep = useCallback((next: Price | null) => {
    if (next === null) localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, `${next.perHour} ${next.currency}`);
    setPrice(next);
  }, []);
  return [price, keep];
}

/** The price of so many seconds, with two digits that count. */
export function costOf(seconds: number, price: Price): string {
  const amount = (seconds / 3600) * price.perHour;
  const digits = amount >= 1 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(Math.max(amount, 1e-7))));
  return `${amount.toFixed(digits)} ${price.currency}`;
}
