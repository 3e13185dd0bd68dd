import { Button, CheckboxControl, Notice, SelectControl, TextControl } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import { formatNumber } from '../shared/format';
import { Reasons } from './run-progress';
import type { Backfill, Choices } from './types';

interface Props {
  readonly preview: Backfill['preview'];
  readonly choices: Choices;
  readonly busy: boolean;
  /** Whether there was no run before this one. */
  readonly isFirst: boolean;
  readonly onChoose: (choices: Choices) => void;
  readonly onStart: () => void;
}

/** What a run would do, and the button that starts it. */
export function StartForm({ preview, choices, busy, isFirst, onChoose, onStart }: Props) {
  const nothing = preview.taken === 0;
  return (
    <section className="altsmith-run">
      <h2>{__('Generate suggestions for images without alt text', 'altsmith')}</h2>
      {isFirst ? (
        <p>
          {__(
            'Start with a few images and read what is suggested. Then request the rest: leave “At most” empty.',
            'altsmith',
          )}
        </p>
      ) : null}
      <WhichImages choices={choices} onChoose={onChoose} />
      <CheckboxControl
        label={__('Also for images that have alt text', 'altsmith')}
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
      {choices.used !== 'any' && !preview.index_ready ? (
        <Notice status="warning" isDismissible={false}>
          {__('Your posts are still being searched for images, so some images that are used may not be found yet.', 'altsmith')}
        </Notice>
      ) : null}
      <p aria-live="polite">
        {nothing
          ? choices.kind === 'video'
            ? __('No videos match.', 'altsmith')
            : __('No images match.', 'altsmith')
          : sprintf(
              choices.kind === 'video'
                ? /* translators: %s: number of videos */
                  _n('%s video will be sent.', '%s videos will be sent.', preview.taken, 'altsmith')
                : /* translators: %s: number of images */
                  _n('%s image will be sent.', '%s images will be sent.', preview.taken, 'altsmith'),
              formatNumber(preview.taken),
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

function WhichImages({ choices, onChoose }: Pick<Props, 'choices' | 'onChoose'>) {
  return (
    <div className="altsmith-run__which">
      <SelectControl<Choices['kind']>
        label={__('Describe', 'altsmith')}
        value={choices.kind}
        options={[
          { value: 'image', label: __('Images', 'altsmith') },
          { value: 'video', label: __('Videos', 'altsmith') },
        ]}
        onChange={(kind) => onChoose({ ...choices, kind, used: 'any' })}
        {...NO_EXTRA_MARGIN}
      />
      <TextControl
        type="number"
        min={1}
        label={__('At most', 'altsmith')}
        help={__('Number of images. Empty: all of them.', 'altsmith')}
        value={choices.limit === 0 ? '' : String(choices.limit)}
        onChange={(limit) => onChoose({ ...choices, limit: Math.max(0, Math.floor(Number(limit))) || 0 })}
        {...NO_EXTRA_MARGIN}
      />
      <TextControl
        type="date"
        label={__('Uploaded from', 'altsmith')}
        value={choices.from}
        onChange={(from) => onChoose({ ...choices, from })}
        {...NO_EXTRA_MARGIN}
      />
      <TextControl
        type="date"
        label={__('Uploaded until', 'altsmith')}
        value={choices.to}
        onChange={(to) => onChoose({ ...choices, to })}
        {...NO_EXTRA_MARGIN}
      />
      {choices.kind === 'image' ? (
      <SelectControl<Choices['used']>
        label={__('Images', 'altsmith')}
        value={choices.used}
        options={[
          { value: 'any', label: __('All images', 'altsmith') },
          { value: 'content', label: __('In the content of a post', 'altsmith') },
          { value: 'featured', label: __('As a featured image', 'altsmith') },
          ...(window.altsmith.hasShop === true
            ? [{ value: 'products' as const, label: __('Of products only', 'altsmith') }]
            : []),
        ]}
        onChange={(used) => onChoose({ ...choices, used })}
        {...NO_EXTRA_MARGIN}
      />
      ) : null}
    </div>
  );
}
