import { useState } from 'preact/hooks';
import { announce } from '../parts/announcer';
import { useOwnPrice, usePriceOfSettings } from '../parts/price';
import { useUniqueId } from '../parts/use-unique-id';

export function PriceForm() {
  const id = useUniqueId();
  const [price, keep] = useOwnPrice();
  const ofSettings = usePriceOfSettings();
  const [amount, setAmount] = useState(price === null ? '' : String(price.perHour));
  const [currency, setCurrency] = useState(price?.currency ?? 'EUR');
  const submit = (event: Event) => {
    event.preventDefault();
    const perHour = Number(amount);
    const isPrice = amount !== '' && Number.isFinite(perHour) && perHour > 0 && currency.trim() !== '';
    keep(isPrice ? { perHour, currency: currency.trim() } : null);
    announce(isPrice ? 'The price is kept in this browser.' : 'No price is kept.');
  };
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>What the machine costs</h2>
      <form class="fields" onSubmit={submit}>
        <div class="field">
          <label for={`${id}-amount`}>Price of an hour</label>
          <input
            id={`${id}-amount`}
            type="number"
            min="0"
            step="any"
            value={amount}
            onInput={(event) => setAmount(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for={`${id}-currency`}>Currency</label>
          <input
            id={`${id}-currency`}
            type="text"
            maxLength={5}
            value={currency}
            onInput={(event) => setCurrency(event.currentTarget.value.replaceAll(' ', ''))}
          />
        </div>
        <button type="submit">Keep</button>
      </form>
      {ofSettings === null ? null : (
        <p>
          The sidecar’s own settings say {ofSettings.perHour} {ofSettings.currency} an hour. A price here comes first,
          in this browser.
        </p>
      )}
      <p class="fine">
        Kept in this browser only. Seconds are measured, the price is yours; nothing here is estimated. Leave it empty
        to see seconds alone.
      </p>
    </section>
  );
}
