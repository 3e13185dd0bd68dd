import type { Timings } from '../../contract/caption';
import { inSeconds } from '../parts/amounts';
import { costOf, usePrice } from '../parts/price';

/** Time a picture took, by part, and what that costs where the owner has set a price. */
export function Spending({ timings }: { timings: Timings }) {
  const price = usePrice();
  const parts = [
    ['reading the file', timings.decode],
    ['looking', timings.vision],
    ['writing', timings.text],
  ] as const;
  return (
    <p class="spending fine">
      <strong>{inSeconds(timings.total)}</strong>
      {parts.map(([name, ms]) => (
        <span key={name}>
          {' '}
          · {name} {inSeconds(ms)}
        </span>
      ))}
      {price === null ? null : <span> · {costOf(timings.total / 1000, price)} a picture</span>}
    </p>
  );
}
