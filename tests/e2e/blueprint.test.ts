import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AdminBrowser } from '../support/admin-browser';
import { PHOTOGRAPHS } from '../support/review-flow';
import { waitFor } from '../support/wait-for';
import { WordPressSite } from '../support/wordpress-site';

jest.setTimeout(240_000);

const FOLDER = path.resolve(__dirname, '../../plugin/assets/blueprints');
const blueprint: any = JSON.parse(readFileSync(path.join(FOLDER, 'blueprint.json'), 'utf8'));
const { makeBlueprint } = jest.requireActual<{ makeBlueprint: () => Promise<any> }>('../../plugin/bin/blueprint.js');
const stepsOf = (kind: string): any[] => blueprint.steps.filter((step: any) => step.step === kind);

let site: WordPressSite;
let admin: AdminBrowser;

/** Does what WordPress Playground does with the steps; the plugin is there already. */
beforeAll(async () => {
  site = await WordPressSite.start({ database: 'sqlite', constants: stepsOf('defineWpConfigConsts')[0].consts });
  for (const { path: file, data } of stepsOf('writeFile'))
    writeFileSync(file.replace('/wordpress', site.wordpress), data);
  const { code } = stepsOf('runPHP')[0];
  const script = path.join(site.folder, 'add-pictures.php');
  // On the command line there is no request with a host.
  const host = `$_SERVER['HTTP_HOST'] = 'x';`;
  writeFileSync(script, code.replace("require '/wordpress/", `${host} require '${site.wordpress}/`));
  await site.php([script]);
  admin = await AdminBrowser.open(site.url, 'directory');
  await admin.logIn();
});
afterAll(async () => {
  await admin.close();
  await site.remove();
});

test('the preview of the plugin directory shows recorded suggestions, and they can be approved, without any sidecar', async () => {
  const { page } = admin;
  const recorded: Record<string, any> = JSON.parse(stepsOf('writeFile')[0].data);
  await admin.go(blueprint.landingPage);
  const cards = page.locator('[data-attachment]');
  await waitFor('the suggestions', async () => (await cards.count()) === Object.keys(recorded).length);
  await admin.picture('1-review');
  const approve = page.getByRole('button', { name: 'Approve', exact: true });
  await approve.first().click();
  await waitFor('a card less', async () => (await cards.count()) === Object.keys(recorded).length - 1);
  const { body } = await site.rest('GET', '/wp/v2/media?context=edit&per_page=100');
  const texts = body.map(({ alt_text }: any) => alt_text).filter((text: string) => text !== '');
  expect(Object.values(recorded).map(({ fields }) => fields.alt_text)).toContain(texts[0]);
  expect(admin.errors).toEqual([]);
});

test('a picture that was not recorded is told to need a sidecar', async () => {
  const id = await admin.upload(path.join(PHOTOGRAPHS, 'rocket.jpg'));
  await waitFor('the failure', async () => {
    await site.visit();
    const rows = await site.inWordPress(
      `return $wpdb->get_results( "SELECT status, error_message FROM {$wpdb->prefix}altsmith_requests WHERE attachment_id = ${id}" );`,
    );
    return rows[0]?.status === 'failed' && /Install the sidecar/.test(rows[0].error_message);
  });
});

test('the blueprint is made of what lies beside it', async () => {
  // The bytes of a picture depend on the version of the encoder.
  const without = (one: any) =>
    one.steps.map((step: any) => (step.path?.endsWith('altsmith-pictures.json') ? { ...step, data: '' } : step));
  // When this fails: node plugin/bin/blueprint.js
  expect(without(blueprint)).toEqual(without(await makeBlueprint()));
});
