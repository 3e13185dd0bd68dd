import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';

interface Props {
  readonly attachment: number;
  readonly onDialog: (dialog: 'keys' | 'many') => void;
  readonly onFocus: () => void;
}

export function Top({ attachment, onDialog, onFocus }: Props) {
  return (
    <div className="altsmith-review__top">
      <p>{__('A machine wrote these texts. Read each one, and change what is wrong, before you approve it.', 'altsmith')}</p>
      {attachment > 0 ? (
        <Button variant="secondary" href={window.altsmith.reviewUrl}>
          {__('All suggestions', 'altsmith')}
        </Button>
      ) : (
        <>
          <Button variant="secondary" onClick={onFocus}>
            {__('Focus mode', 'altsmith')}
          </Button>
          <Button variant="secondary" onClick={() => onDialog('many')}>
            {__('Approve many…', 'altsmith')}
          </Button>
        </>
      )}
      <Button variant="tertiary" onClick={() => onDialog('keys')}>
        {__('Keyboard shortcuts', 'altsmith')}
      </Button>
    </div>
  );
}
