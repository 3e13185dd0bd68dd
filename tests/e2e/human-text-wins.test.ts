import path from 'node:path';
import { PHOTOGRAPHS, ReviewFlow } from '../support/review-flow';
import { waitFor } from '../support/wait-for';

jest.setTimeout(240_000);

let flow: ReviewFlow;
beforeAll(async () => (flow = await ReviewFlow.start('conflict')));
afterAll(() => flow.stop());

test('approving after somebody wrote an alt text by hand is a conflict, and their text stays', async () => {
  const { admin, sidecar, site } = flow;
  const id = await admin.upload(path.join(PHOTOGRAPHS, 'parthenon.jpg'));
  const suggestion = await flow.suggestionFor(id);
  const card = await flow.card(id);

  // The reviewer's screen has not asked for news since: what it shows is what the reviewer saw.
  const polls = /altsmith\/v1\/suggestions(\?|%3F|$)/;
  await admin.page.route(polls, (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
  const byHand = 'The west front of the Parthenon around 1885';
  const { status } = await site.rest('POST', `/wp/v2/media/${id}`, { alt_text: byHand });
  expect(status).toBe(200);

  await card.getByRole('button', { name: 'Approve' }).click();
  await admin.page.locator(`[data-attachment="${id}"][data-state="conflict"]`).waitFor();
  await admin.page.unroute(polls);
  await flow.card(id);
  await admin.picture('1-conflict');
  expect(await flow.altText(id)).toBe(byHand);
  const state = await waitFor('the sidecar to hear of it', async () => {
    const { body } = await sidecar.call('GET', `/v1/suggestions/${suggestion.id}`);
    return body.suggestion.state === 'conflict' && body.suggestion.state;
  });
  expect(state).toBe('conflict');
  expect(site.debugLog).toBe('');
});

test('of reviewers who approve at the same moment one is heard, and it is that one’s text that is written', async () => {
  const { sidecar, site } = flow;
  const id = await site.sideload(path.join(PHOTOGRAPHS, 'coffee.jpg'), 'coffee');
  const suggestion = await flow.suggestionFor(id);
  await waitFor('WordPress to have it', async () => {
    const { body } = await site.rest('POST', '/altsmith/v1/sync', {});
    return body.status.counts.pending === 1;
  });
  const texts = ['one', 'two', 'three', 'four', 'five'].map((name) => `A cup of coffee, says reviewer ${name}`);
  const answers = await Promise.all(
    texts.map((text) =>
      site.rest('POST', `/altsmith/v1/suggestions/${suggestion.id}/decision`, {
        action: 'approve',
        version: suggestion.version,
        seen: '',
        values: { alt_text: text },
      }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
  const winner = texts[answers.findIndex(({ status }) => status === 200)];
  expect(await flow.altText(id)).toBe(winner);
  const { body } = await sidecar.call('GET', `/v1/suggestions/${suggestion.id}`);
  expect(body.suggestion).toMatchObject({ state: 'applied', values: { alt_text: winner } });
  const entries = await site.inWordPress(`return count( get_post_meta( ${id}, '_altsmith_provenance', true ) );`);
  expect(entries).toBe(1);
  expect(site.debugLog).toBe('');
});

test('a lock lets one process in at a time, and those who wait cause no errors in the database', async () => {
  const { site } = flow;
  const counter = "option_name = 'altsmith_test_counter'";
  await site.inWordPress(`return add_option( 'altsmith_test_counter', '0', '', false );`);
  const turns = `
    for ( $done = 0; $done < 60; ++$done ) {
      $lock = new \\Altsmith\\Storage\\Lock( 'test', 30 );
      if ( ! $lock->acquire_within( 30000 ) ) return 'never got it';
      $count = (int) $wpdb->get_var( "SELECT option_value FROM $wpdb->options WHERE ${counter}" );
      usleep( 500 );
      $wpdb->query( "UPDATE $wpdb->options SET option_value = " . ( $count + 1 ) . " WHERE ${counter}" );
      $lock->release();
    }
    return $done;`;
  const done = await Promise.all(Array.from({ length: 6 }, () => site.inWordPress(turns)));
  expect(done).toEqual([60, 60, 60, 60, 60, 60]);
  const query = `return $wpdb->get_var( "SELECT option_value FROM $wpdb->options WHERE ${counter}" );`;
  expect(await site.inWordPress(query)).toBe('360');
  expect(site.debugLog).toBe('');
});
