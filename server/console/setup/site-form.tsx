import type { AdminSettings, Site, SiteChange } from '../../contract/admin';
import { useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog';
import { useUniqueId } from '../parts/use-unique-id';

interface SiteFormProps {
  readonly site: Site;
  /** What holds where a field is empty. */
  readonly settings: AdminSettings;
  readonly onChange: (change: SiteChange) => void;
  readonly onClose: () => void;
}

/** Shares of bad texts that a rule can promise. */
const MOST_BAD: readonly NonNullable<SiteChange['auto_approve_most_bad']>[] = [0.01, 0.02, 0.05, 0.1];

const MEGABYTE = 1e6;

/** Null for an empty field: as the settings of the sidecar say. */
const amountOf = (text: string) => (text.trim() === '' ? null : Number(text));
const textOf = (amount: number | null, divisor = 1) => (amount === null ? '' : String(amount / divisor));
const usual = (amount: number | null, divisor = 1) =>
  amount === null ? 'empty: no bound' : `empty: ${(amount / divisor).toLocaleString('en')}`;

/** Name, approval and limits of one site. */
export function SiteForm({ site, settings, onChange, onClose }: SiteFormProps) {
  const [name, setName] = useState(site.name);
  const [approve, setApprove] = useState(textOf(site.auto_approve_from, 0.01));
  const [mostBad, setMostBad] = useState(textOf(site.auto_approve_most_bad));
  const [rate, setRate] = useState(textOf(site.limits.rate));
  const [queue, setQueue] = useState(textOf(site.limits.queue));
  const [megabytes, setMegabytes] = useState(textOf(site.limits.bytes, MEGABYTE));
  const [weight, setWeight] = useState(String(site.limits.weight));
  const { limits, retention } = settings;
  const submit = (event: Event) => {
    event.preventDefault();
    const bytes = amountOf(megabytes);
    const percent = amountOf(approve);
    onChange({
      name: name.trim(),
      auto_approve_from: percent === null ? null : percent / 100,
      auto_approve_most_bad: MOST_BAD.find((share) => String(share) === mostBad) ?? null,
      limits: {
        rate: amountOf(rate),
        queue: amountOf(queue),
        bytes: bytes === null ? null : Math.round(bytes * MEGABYTE),
        weight: Number(weight),
      },
    });
  };
  return (
    <Dialog title={`Change “${site.name}”`} onClose={onClose}>
      <form onSubmit={submit}>
        <div class="fields fields-grid">
          <Field label="Name" value={name} onInput={setName} type="text" isNeeded />
          <Field
            label="Approve by itself from, in percent"
            hint="empty: never; a person approves everything"
            value={approve}
            onInput={setApprove}
            most={100}
          />
          <PromiseField value={mostBad} onInput={setMostBad} />
          <Field label="Requests a second" hint={usual(limits.rate)} value={rate} onInput={setRate} step="any" />
          <Field label="Jobs that may wait" hint={usual(limits.queue)} value={queue} onInput={setQueue} least={1} />
          <Field
            label="Megabytes on disk"
            hint={usual(limits.bytes, MEGABYTE)}
            value={megabytes}
            onInput={setMegabytes}
            step="any"
          />
          <Field
            label="Share of the workers"
            hint="beside other sites; 1 is usual"
            value={weight}
            onInput={setWeight}
            least={1}
            most={100}
            isNeeded
          />
        </div>
        <p class="fine">
          How long data stays is the same for all sites: originals {retention.originals_minutes} minutes, thumbnails{' '}
          {retention.thumbnails_days} days, history {retention.history_days} days, predictions{' '}
          {retention.predictions_hours} hours (ALTSMITH_KEEP_… in the settings of the sidecar).
        </p>
        <button type="submit" class="main">
          Keep
        </button>
      </form>
    </Dialog>
  );
}

/** Which share of bad texts a rule may let through. */
function PromiseField({ value, onInput }: Pick<FieldProps, 'value' | 'onInput'>) {
  const id = useUniqueId();
  return (
    <div class="field">
      <label for={id}>Approve by itself where at most so many are bad</label>
      <select
        id={id}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onInput(event.currentTarget.value)}
      >
        <option value="">no such rule</option>
        {MOST_BAD.map((share) => (
          <option key={share} value={String(share)}>
            {Math.round(share * 100)} %
          </option>
        ))}
      </select>
      <span id={`${id}-hint`} class="fine">
        by 200 decisions and more of its people; then the field before counts no more
      </span>
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'number';
  readonly least?: number;
  readonly most?: number;
  readonly step?: 'any' | number;
  readonly isNeeded?: boolean;
}

function Field({ label, hint, value, onInput, type = 'number', least, most, step = 1, isNeeded = false }: FieldProps) {
  const id = useUniqueId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={value}
        required={isNeeded}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        {...(type === 'number' ? { min: least ?? 0, max: most, step } : { maxLength: 200 })}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint === undefined ? null : (
        <span id={`${id}-hint`} class="fine">
          {hint}
        </span>
      )}
    </div>
  );
}
