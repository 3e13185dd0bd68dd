import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { barriers } from '../support/axe';
import { openDatabase } from '../../server/storage/database';
import { ToyTranslator } from '../support/models/toy-translator';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';
import { waitFor } from '../support/wait-for';

jest.setTimeout(600_000);

/** What a plugin for several languages tells of its attachments, and which way a page reads. WordPress's own translations are not here. */
const SEVERAL_LANGUAGES = `<?php
add_filter( 'wpml_post_language_details', function ( $details, $id ) {
	$locale = get_post_meta( $id, 'test_locale', true );
	return '' === $locale ? $details : array( 'locale' => $locale );
}, 10, 2 );
add_filter( 'gettext_with_context', fn( $text, $word, $context ) => 'text direction' === $context && 'ar' === determine_locale() ? 'rtl' : $text, 10, 3 );
`;

/** An image with a German suggestion. */
let translated = 0;
let toy: ToyTranslator;
let flow: ReviewFlow;
beforeAll(async () => {
  toy = await ToyTranslator.make();
  flow = await ReviewFlow.start('languages');
  for (const language of ['de', 'fr', 'ar']) toy.pullInto(flow.sidecar.dataDir, language);
  const folder = path.join(flow.site.wordpress, 'wp-content/mu-plugins');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'several-languages.php'), SEVERAL_LANGUAGES);
  await speak('de_DE');
});
afterAll(async () => {
  await flow.stop();
  toy.remove();
});

/** The language of the site, in which its administrator reads too. */
const speak = (locale: string) =>
  flow.site.inWordPress(
    `$wpdb->replace( $wpdb->options, array( 'option_name' => 'WPLANG', 'option_value' => '${locale}' ) ); wp_cache_flush(); return 1;`,
  );
const suggestionsOf = async (ids: readonly number[]) =>
  (await flow.sidecar.call('GET', '/v1/suggestions?limit=100')).body.items.filter((one: any) =>
    ids.includes(Number(one.subject.id)),
  );
const translate = async (text: string, to: string) =>
  (await flow.sidecar.call('POST', '/v1/translations', { text, to })).body;
const inTheCard = (what: string) => flow.admin.page.locator(`.altsmith-card ${what}`);

test('a site in German gets German beside its English, and both as the person left them', async () => {
  const { admin, sidecar } = flow;
  const id = await admin.upload(path.join(PHOTOGRAPHS, 'cat.jpg'));
  const suggestion = await flow.suggestionFor(id);
  expect(suggestion).toMatchObject({ language: 'de', translator: { id: 'toy-de' }, model: { id: 'mini' } });
  const german = await translate(suggestion.source, 'de');
  expect(suggestion.fields.alt_text).toBe(german.text);
  expect(german.text).not.toBe(suggestion.source);

  const card = await flow.card(id);
  const [text, english] = [card.locator('textarea[lang=de]'), card.locator('textarea[lang=en]')];
  expect([await text.inputValue(), await english.inputValue()]).toEqual([german.text, suggestion.source]);
  await admin.picture('1-german-card');
  expect(await barriers(admin.page, '.altsmith-card')).toEqual([]);
  await english.fill('Two dogs standing next to a bench');
  await card.getByRole('button', { name: 'Erneut übersetzen' }).press('Enter');
  await waitFor('the new translation', async () => (await text.inputValue()) === 'Zwei Hunde steht neben einer Bank');
  // The model of these tests cannot answer; nor does the site ask it to.
  await card.getByText('Zu diesem Bild fragen').press('Enter');
  await card.getByText('Das Modell des Sidecars kann keine Fragen beantworten.').waitFor();
  await english.fill('A cat looks at the camera');
  await text.fill('Eine Katze schaut in die Kamera');
  await card.getByRole('button', { name: 'Freigeben' }).click();
  await card.waitFor({ state: 'detached' });
  expect(await flow.altText(id)).toBe('Eine Katze schaut in die Kamera');

  await admin.page.goto(await flow.publishWith(id, 'Katze'));
  await admin.page.locator('img[alt="Eine Katze schaut in die Kamera"]').first().waitFor();
  await admin.picture('public-de_DE');
  const { body } = await sidecar.call('GET', `/v1/suggestions/${suggestion.id}`);
  expect(body.suggestion).toMatchObject({
    state: 'applied',
    source: suggestion.source,
    approved_source: 'A cat looks at the camera',
  });
});

test('language versions of one file each get theirs from one look, and later ones what was approved', async () => {
  const { site, sidecar, admin } = flow;
  await speak('');
  const english = await site.sideload(path.join(PHOTOGRAPHS, 'coffee.jpg'), 'coffee');
  const first = await flow.suggestionFor(english);
  expect(first).toMatchObject({ language: 'en', source: null, translator: null });
  const twins: number[] = await site.inWordPress(`
    $file = get_post_meta( ${english}, '_wp_attached_file', true );
    $data = wp_get_attachment_metadata( ${english} );
    return array_map( function ( $locale ) use ( $file, $data ) {
      $id = wp_insert_attachment( array( 'post_mime_type' => 'image/jpeg', 'post_title' => "coffee $locale", 'post_status' => 'inherit', 'post_author' => 1, 'meta_input' => array( 'test_locale' => $locale ) ), $file );
      wp_update_attachment_metadata( $id, $data );
      return $id;
    }, array( 'de_DE_formal', 'fr_FR' ) );`);
  const found = await waitFor(
    'both language versions',
    async () => {
      await site.rest('POST', '/altsmith/v1/sync', {});
      const items = await suggestionsOf(twins);
      return items.length === 2 && items;
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );
  expect(found.map((one: any) => [Number(one.subject.id), one.language, one.source]).sort()).toEqual([
    [twins[0], 'de', first.fields.alt_text],
    [twins[1], 'fr', first.fields.alt_text],
  ]);
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  const looks = storage
    .prepare<[string], number>('SELECT count(*) FROM results WHERE lower(hex(image_sha256)) = ?')
    .pluck()
    .get(first.image_sha256);
  storage.close();
  expect(looks).toBe(1);

  // What a person approves in English is what a run translates.
  const card = await flow.card(english);
  await card.getByRole('textbox', { name: 'Suggested alt text' }).fill('A cup of coffee on a table');
  await card.getByRole('button', { name: 'Approve' }).click();
  await card.waitFor({ state: 'detached' });
  const { body } = await sidecar.call('POST', '/v1/runs', {
    name: 'into German',
    translate: { languages: ['de'], which: 'approved' },
  });
  const [translated] = await waitFor('the run', async () => {
    const { items } = (await sidecar.call('GET', `/v1/suggestions?run_id=${body.run.id}`)).body;
    return items.length > 0 && items;
  });
  const ofIt = await translate('A cup of coffee on a table', 'de');
  expect(translated).toMatchObject({ source: 'A cup of coffee on a table', fields: { alt_text: ofIt.text } });
  expect(admin.errors).toEqual([]);
});

test('the screens in German and Arabic, list and one picture at a time', async () => {
  const { admin, site } = flow;
  for (const locale of ['de_DE', 'ar']) {
    await speak(locale);
    const id = await site.sideload(path.join(PHOTOGRAPHS, 'rocket.jpg'), `rocket ${locale}`);
    const suggestion = await flow.suggestionFor(id);
    expect(suggestion.language).toBe(locale.slice(0, 2));
    await flow.card(id);
    expect(await inTheCard('.altsmith-card__source textarea').first().getAttribute('dir')).toBe('ltr');
    // A text of the other direction reads from its own side.
    const text = inTheCard(`textarea[lang=${suggestion.language}]`).first();
    await text.fill(
      locale === 'ar'
        ? 'قطة بيضاء تنظر إلى الكاميرا (iPhone 12).'
        : 'Eine weiße Katze blickt in die Kamera (iPhone 12).',
    );
    expect(await text.evaluate((field) => field.matches(':dir(rtl)'))).toBe(locale === 'ar');
    await admin.picture(`list-${locale}`);
    await admin.go(`/wp-admin/upload.php?page=altsmith-review&layout=focus-table&attachment=${id}`);
    await admin.page.locator('.altsmith-focus__card .altsmith-card__source textarea').waitFor();
    await admin.picture(`focus-${locale}`);
    await admin.go(`/wp-admin/post.php?post=${id}&action=edit`);
    await admin.page.locator('.altsmith-details .altsmith-english').waitFor();
    await admin.page.locator('.altsmith-details').evaluate((box) => box.scrollIntoView({ block: 'center' }));
    await admin.picture(`details-${locale}`);
  }
  expect(admin.errors).toEqual([]);
  expect(site.debugLog).toBe('');
});

test('what was suggested in English is translated from Existing images, and comes to the review', async () => {
  const { admin, site } = flow;
  await speak('');
  const id = await site.sideload(path.join(PHOTOGRAPHS, 'parthenon.jpg'), 'parthenon');
  const english = await flow.suggestionFor(id);
  const shown = async () => {
    await site.rest('POST', '/altsmith/v1/sync', {});
    return (await site.rest('GET', `/altsmith/v1/attachments/${id}`)).body.suggestion;
  };
  await waitFor('the English in WordPress', async () => (await shown())?.language === 'en');
  await speak('de_DE');
  await admin.go('/wp-admin/upload.php?page=altsmith-backfill');
  const section = admin.page.locator('.altsmith-translate');
  await section.getByRole('button', { name: 'Übersetzen: Deutsch' }).press('Enter');
  await section
    .getByRole('heading', { name: /^(Übersetzung läuft: Deutsch|Übersetzung \(Deutsch\): abgeschlossen)$/ })
    .waitFor();
  // The button is gone: what it began has the focus.
  expect(await admin.page.evaluate(() => document.activeElement?.className ?? '')).toContain('altsmith-translate');
  await section.getByRole('heading', { name: 'Übersetzung (Deutsch): abgeschlossen' }).waitFor();
  await section.getByRole('link', { name: '1 Übersetzung prüfen' }).waitFor();
  await admin.picture('existing-de_DE');
  expect(await barriers(admin.page, '.altsmith-backfill')).toEqual([]);
  const german = await waitFor(
    'the German in WordPress',
    async () => {
      const suggestion = await shown();
      return suggestion?.language === 'de' && suggestion;
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );
  expect(german).toMatchObject({ state: 'pending', source: english.fields.alt_text, translator: 'toy-de' });
  translated = id;
});

test('a run that translates is paused and resumed; a sidecar that is away says so, and what was known stays', async () => {
  const { admin, site } = flow;
  const section = admin.page.locator('.altsmith-translate');
  const reply = (state: string, done: number) => ({
    languages: ['de_DE', 'fr_FR'],
    run: { id: 'run_1', state, language: 'fr', total: 10_000, ended: done, done, failed: 0, pending: done },
  });
  let state = 'running';
  let isDown = false;
  // A run of a size that these tests cannot have: what the site answers is given here.
  await admin.page.route('**/altsmith/v1/translation*', (route) => {
    const { action } = (route.request().postDataJSON() ?? {}) as { action?: string };
    state = { pause: 'paused', resume: 'running', cancel: 'cancelled' }[action ?? ''] ?? state;
    return isDown
      ? route.fulfill({
          status: 503,
          json: { code: 'altsmith_unreachable', message: 'Nicht erreichbar.', data: { status: 503 } },
        })
      : route.fulfill({ json: reply(state, 4000) });
  });
  await admin.go('/wp-admin/upload.php?page=altsmith-backfill');
  await section.getByText('4.000 von 10.000 Texten übersetzt.').waitFor();
  expect(await section.getByRole('progressbar', { name: 'Übersetzte Texte' }).getAttribute('value')).toBe('4000');
  await section.getByRole('button', { name: 'Übersetzung pausieren' }).press('Enter');
  await section.getByRole('heading', { name: 'Übersetzung (Französisch): pausiert' }).waitFor();
  await admin.picture('existing-paused-de_DE');
  expect(await barriers(admin.page, '.altsmith-backfill')).toEqual([]);
  isDown = true;
  await section.getByRole('button', { name: 'Übersetzung fortsetzen' }).press('Enter');
  await section.getByText('Nicht erreichbar.').waitFor();
  await section.getByText('4.000 von 10.000 Texten übersetzt.').waitFor();
  isDown = false;
  await section.getByRole('button', { name: 'Übersetzung fortsetzen' }).press('Enter');
  await section.getByRole('heading', { name: 'Übersetzung läuft: Französisch' }).waitFor();
  await section.getByRole('button', { name: 'Übersetzung abbrechen' }).press('Enter');
  await section.getByRole('combobox', { name: 'In die Sprache' }).waitFor();
  await admin.page.unroute('**/altsmith/v1/translation*');
  expect(site.debugLog).toBe('');
});

test('what a model answers is added to the text by a person, in the language of the image', async () => {
  const { admin } = flow;
  const id = translated;
  await admin.page.route('**/altsmith/v1/model*', (route) =>
    route.fulfill({ json: { demonstration: true, answers: true, coming: '', asksAgain: false } }),
  );
  let isDown = true;
  await admin.page.route(`**/altsmith/v1/attachments/${id}/question*`, (route) =>
    isDown
      ? route.fulfill({
          status: 503,
          json: { code: 'altsmith_unreachable', message: 'Nicht erreichbar.', data: { status: 503 } },
        })
      : route.fulfill({ json: { answer: 'a white cup', translated: 'eine weiße Tasse', language: 'de' } }),
  );
  const card = await flow.card(id);
  const text = card.locator('textarea[lang=de]');
  const before = await text.inputValue();
  await card.getByText('Zu diesem Bild fragen').press('Enter');
  const question = card.getByRole('textbox', { name: 'Frage' });
  for (const what of ['What cup is it?', 'And now?']) {
    await question.fill(what);
    await question.press('Enter');
    await card
      .getByRole('listitem')
      .filter({ hasText: what })
      .getByText(isDown ? 'Nicht erreichbar.' : 'eine weiße Tasse')
      .waitFor();
    isDown = false;
  }
  expect(await text.inputValue()).toBe(before);
  expect(await barriers(admin.page, '.altsmith-card')).toEqual([]);
  await admin.picture('2-question-de_DE');
  await card.getByRole('button', { name: 'Zum Alternativtext hinzufügen: eine weiße Tasse' }).press('Enter');
  expect(await text.inputValue()).toBe(`${before}, eine weiße Tasse`);
  expect(await text.evaluate((field) => field === document.activeElement)).toBe(true);
  await admin.page.unrouteAll();
});
