import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import type { Suggestion } from '../shared/types';
import { RejectForm } from './reject-form';
import { useScreen } from './screen-context';
import { isOpen } from './suggestion-words';

interface Props {
  readonly suggestion: Suggestion;
  readonly onStep: (step: 1 | -1) => void;
  readonly onBack: () => void;
}

/** A button for everything that a key does. */
export function FocusActions({ suggestion, onStep, onBack }: Props) {
  const { review, rejecting, setRejecting } = useScreen();
  const open = isOpen(suggestion) && !review.isBusy(suggestion.id);
  if (rejecting === suggestion.id) {
    return (
      <RejectForm
        onCancel={() => {
          setRejecting('');
          onBack();
        }}
        onReject={(reason) => {
          setRejecting('');
          void review.decide(suggestion, 'reject', { reason, ahead: true });
        }}
      />
    );
  }
  return (
    <div className="altsmith-focus__actions">
      <Button
        variant="primary"
        aria-disabled={!open}
        onClick={() => open && void review.decide(suggestion, 'approve', { ahead: true })}
      >
        {__('Approve', 'altsmith')}
      </Button>
      <Button variant="secondary" aria-disabled={!open} onClick={() => open && setRejecting(suggestion.id)}>
        {__('Reject', 'altsmith')}
      </Button>
      {suggestion.kind === 'image' ? (
        <Button
          variant="secondary"
          aria-disabled={!open}
          onClick={() => open && void review.decide(suggestion, 'decorative', { ahead: true })}
        >
          {__('Decorative', 'altsmith')}
        </Button>
      ) : null}
      <Button variant="secondary" aria-disabled={!open} onClick={() => open && void review.passOn(suggestion)}>
        {suggestion.is_passed ? __('Back to my list', 'altsmith') : __('Pass on', 'altsmith')}
      </Button>
      <span className="altsmith-focus__steps">
        <Button variant="tertiary" onClick={() => onStep(-1)}>
          {__('Previous', 'altsmith')}
        </Button>
        <Button variant="tertiary" onClick={() => onStep(1)}>
          {__('Next', 'altsmith')}
        </Button>
      </span>
      {suggestion.can_undo && suggestion.state !== 'conflict' ? (
        <Button variant="secondary" onClick={() => void review.undo(suggestion)}>
          {__('Undo', 'altsmith')}
        </Button>
      ) : null}
    </div>
  );
}
