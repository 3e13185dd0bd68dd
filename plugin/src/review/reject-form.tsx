import { Button, RadioControl, TextControl } from '@wordpress/components';
import { useEffect, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { NO_EXTRA_MARGIN } from '../shared/control-props';

/** Kept in English in the record: they are read by people who compare models, not only by this site. */
const REASONS = [
  { value: 'wrong', label: __('It is wrong', 'altsmith') },
  { value: 'vague', label: __('It is too vague', 'altsmith') },
  { value: 'needs context', label: __('It misses what the image is for', 'altsmith') },
  { value: 'names a person', label: __('It guesses about a person', 'altsmith') },
  { value: '', label: __('Another reason', 'altsmith') },
];

interface Props {
  readonly onReject: (reason: string) => void;
  readonly onCancel: () => void;
}

/** Why a suggestion is rejected. Enter rejects, Escape goes back. */
export function RejectForm({ onReject, onCancel }: Props) {
  const [reason, setReason] = useState('wrong');
  const [words, setWords] = useState('');
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => form.current?.querySelector('input')?.focus(), []);

  return (
    <form
      ref={form}
      className="altsmith-reject"
      onSubmit={(event) => {
        event.preventDefault();
        onReject([reason, words].filter((part) => part.trim() !== '').join(': '));
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onCancel();
        } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
          event.preventDefault();
          event.currentTarget.requestSubmit();
        }
      }}
    >
      <RadioControl
        label={__('Why is it rejected?', 'altsmith')}
        selected={reason}
        options={REASONS}
        onChange={setReason}
      />
      <TextControl
        label={__('Details (optional)', 'altsmith')}
        value={words}
        maxLength={400}
        onChange={setWords}
        {...NO_EXTRA_MARGIN}
      />
      <div className="altsmith-card__actions">
        <Button variant="primary" type="submit">
          {__('Reject', 'altsmith')}
        </Button>
        <Button variant="tertiary" onClick={onCancel}>
          {__('Cancel', 'altsmith')}
        </Button>
      </div>
    </form>
  );
}
