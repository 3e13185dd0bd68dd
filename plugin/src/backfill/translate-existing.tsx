import { Button, Notice } from '@wordpress/components';
import { __ } from '@wordpress/i18n';

interface Props {
  readonly busy: boolean;
  readonly onTranslate: () => void;
  /** What became of it, as a sentence; '' before. */
  readonly outcome: string;
}

/** For a site in another language than English: what was suggested before there was a translator is translated. */
export function TranslateExisting({ busy, onTranslate, outcome }: Props) {
  if (/^en(_|$)/.test(window.altsmith.locale)) return null;
  return (
    <section className="altsmith-run altsmith-translate">
      <h2>{__('English suggestions', 'altsmith')}</h2>
      <p>
        {__(
          'Suggestions and approved texts that are still in English can be translated into the language of this site. Each translation is reviewed like any suggestion.',
          'altsmith',
        )}
      </p>
      {outcome === '' ? null : (
        <Notice status="success" isDismissible={false}>
          {outcome}
        </Notice>
      )}
      <Button variant="secondary" aria-disabled={busy} onClick={busy ? undefined : onTranslate}>
        {__('Translate English suggestions', 'altsmith')}
      </Button>
    </section>
  );
}
