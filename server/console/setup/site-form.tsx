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
