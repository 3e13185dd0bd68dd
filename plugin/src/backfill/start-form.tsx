import { Button, CheckboxControl } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import { Reasons } from './run-progress';
import type { Backfill, Choices } from './types';

interface Props {
  readonly preview: Backfill['preview'];
  readonly choices: Choices;
  readonly busy: boolean;
  readonly onChoose: (choices: Choices) => void;
  readonly onStart: () => void;
}

/** What would be done, before anything is done. */
export function StartForm({ preview, choices, busy, onChoose, onStart }: Props) {
  const nothing = preview.taken === 0;
  return (
    <section className="altsmith-run">
      <h2>{__('Generate suggestions for images without alt text', 'altsmith')}</h2>
      <CheckboxControl
        label={__('Also for images that have an alt text', 'altsmith')}
        help={__('Their text stays until a person approves another one.', 'altsmith')}
        checked={choices.overwrite}
        onChange={(overwrite) => onChoose({ ...choices, overwrite })}
        {...NO_EXTRA_MARGIN}
      />
      <CheckboxControl
        label={__('Also for images whose suggestion was rejected', 'altsmith')}
        checked={choices.include_decided}
        onChange={(include_decided) => onChoose({ ...choices, include_decided })}
        {...NO_EXTRA_MARGIN}
      />
      <p aria-live="polite">
        {nothing
          ? __('There is no image to ask for.', 'altsmith')
          : sprintf(
              /* translators: %d: number of images */
              _n('%d image would be sent.', '%d images would be sent.', preview.taken, 'altsmith'),
              preview.taken,
            )}
      </p>
      <ul className="altsmith-run__outcome">
        <Reasons reasons={preview.skipped} />
      </ul>
      <Button
        variant="primary"
        isBusy={busy}
        aria-disabled={busy || nothing}
        onClick={() => busy || nothing || onStart()}
      >
        {__('Start', 'altsmith')}
      </Button>
    </section>
  );
}
