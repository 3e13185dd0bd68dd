import { Button, Notice, SelectControl, Spinner } from '@wordpress/components';
import { useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import { formatNumber } from '../shared/format';
import { languageName } from '../shared/languages';
import type { TranslationRun, Which } from './translation-api';
import { useTranslation, type TranslationState } from './use-translation';

const WHICH: readonly { readonly value: Which; readonly label: string }[] = [
  { value: 'all', label: __('Open suggestions and approved texts', 'altsmith') },
  { value: 'approved', label: __('Approved texts only', 'altsmith') },
];

/** For a site in another language than English: what is there in English is translated, as a run of the sidecar. */
export function TranslateExisting() {
  const { translation, error, busy, act: send } = useTranslation();
  const section = useRef<HTMLElement>(null);
  const act: TranslationState['act'] = async (action, choice) => {
    await send(action, choice);
    // The button that was pressed may be gone, and with it the focus.
    window.setTimeout(() => document.activeElement === document.body && section.current?.focus());
  };
  const isEnglish = /^en(_|$)/.test(window.altsmith.locale);
  // A site in English that nothing is known of has nothing to be told.
  if (translation === null ? isEnglish : translation.languages.length === 0) return null;
  const run = translation?.run ?? null;
  const isOpen = run?.state === 'running' || run?.state === 'paused';
  return (
    <section
      ref={section}
      tabIndex={-1}
      className="altsmith-run altsmith-translate"
      aria-labelledby="altsmith-translate-title"
      data-state={run?.state ?? 'none'}
    >
      <h2 id="altsmith-translate-title">{__('English suggestions', 'altsmith')}</h2>
      <p>
        {__(
          'Suggestions and approved texts that are still in English can be translated into the language of this site. Each translation is reviewed like any suggestion.',
          'altsmith',
        )}
      </p>
      {error === '' ? null : (
        <Notice status="error" isDismissible={false}>
          {error}
        </Notice>
      )}
      {run === null ? null : <Progress run={run} />}
      {translation === null ? (
        error === '' && <Spinner />
      ) : isOpen ? (
        <Actions paused={run.state === 'paused'} busy={busy} act={act} />
      ) : (
        <Start languages={translation.languages} busy={busy} act={act} />
      )}
    </section>
  );
}

type ActProps = Pick<TranslationState, 'busy' | 'act'>;

function Start({ languages, busy, act }: ActProps & { readonly languages: readonly string[] }) {
  const [chosen, setChosen] = useState('');
  const [which, setWhich] = useState<Which>('all');
  const language = languages.includes(chosen) ? chosen : (languages[0] ?? '');
  return (
    <>
      <div className="altsmith-run__which">
        {languages.length < 2 ? null : (
          <SelectControl
            label={__('Into', 'altsmith')}
            value={language}
            options={languages.map((value) => ({ value, label: languageName(value) }))}
            onChange={setChosen}
            {...NO_EXTRA_MARGIN}
          />
        )}
        <SelectControl<Which>
          label={__('Texts', 'altsmith')}
          value={which}
          options={[...WHICH]}
          onChange={setWhich}
          {...NO_EXTRA_MARGIN}
        />
      </div>
      <Button variant="secondary" isBusy={busy} aria-disabled={busy} onClick={() => busy || void act('start', { language, which })}>
        {/* translators: %s: name of a language */}
        {sprintf(__('Translate into %s', 'altsmith'), languageName(language))}
      </Button>
    </>
  );
}

function Actions({ paused, busy, act }: ActProps & { readonly paused: boolean }) {
  return (
    <div className="altsmith-run__actions">
      <Button variant="secondary" aria-disabled={busy} onClick={() => busy || void act(paused ? 'resume' : 'pause')}>
        {paused ? __('Resume the translation', 'altsmith') : __('Pause the translation', 'altsmith')}
      </Button>
      <Button variant="secondary" isDestructive aria-disabled={busy} onClick={() => busy || void act('cancel')}>
        {__('Cancel the translation', 'altsmith')}
      </Button>
    </div>
  );
}

const STATES: Readonly<Record<TranslationRun['state'], (language: string) => string>> = {
  /* translators: %s: name of a language */
  running: (language) => sprintf(__('Translating into %s', 'altsmith'), language),
  /* translators: %s: name of a language */
  paused: (language) => sprintf(__('Translation into %s: paused', 'altsmith'), language),
  /* translators: %s: name of a language */
  done: (language) => sprintf(__('Translation into %s: complete', 'altsmith'), language),
  /* translators: %s: name of a language */
  cancelled: (language) => sprintf(__('Translation into %s: cancelled', 'altsmith'), language),
  /* translators: %s: name of a language */
  undone: (language) => sprintf(__('Translation into %s: undone', 'altsmith'), language),
};

/** A later sidecar may know states that this version does not: the numbers are right all the same. */
const wordsOf = (state: string) => new Map<string, (language: string) => string>(Object.entries(STATES)).get(state) ?? STATES.running;

function Progress({ run }: { readonly run: TranslationRun }) {
  const { state, total, ended, done, failed } = run;
  const isOpen = state === 'running' || state === 'paused';
  return (
    <>
      <h3>{wordsOf(state)(languageName(run.language))}</h3>
      {isOpen ? (
        // Without a value the bar says that something goes on, and not how far it is.
        <progress
          aria-label={__('Translated texts', 'altsmith')}
          {...(total === null ? {} : { max: Math.max(total, 1), value: ended })}
        />
      ) : null}
      <p>
        {isOpen && total !== null
          ? sprintf(
              /* translators: 1: texts translated, 2: all texts of the run */
              __('%1$s of %2$s texts translated.', 'altsmith'),
              formatNumber(ended),
              formatNumber(total),
            )
          : total === 0
            ? __('There was nothing to translate.', 'altsmith')
            : /* translators: %s: number of texts */
              sprintf(_n('%s text translated.', '%s texts translated.', done, 'altsmith'), formatNumber(done))}{' '}
        {failed === 0
          ? null
          : /* translators: %s: number of texts */
            sprintf(_n('%s text failed.', '%s texts failed.', failed, 'altsmith'), formatNumber(failed))}
      </p>
      {state === 'running' ? (
        <p>{__('You can close this page: the translation continues on the server.', 'altsmith')}</p>
      ) : state === 'paused' || run.pending === 0 ? null : (
        <p>
          <a href={window.altsmith.reviewUrl}>
            {/* translators: %s: number of translations */}
            {sprintf(
              _n('Review %s translation', 'Review %s translations', run.pending, 'altsmith'),
              formatNumber(run.pending),
            )}
          </a>
        </p>
      )}
    </>
  );
}
