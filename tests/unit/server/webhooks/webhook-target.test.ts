import { checkWebhookTarget } from '../../../../server/webhooks/webhook-target';
import { HOSTILE_URLS } from '../../../support/hostile-urls';

const LISTED = ['http://127.0.0.1:8080', 'http://wordpress.lan'];

test('a public address passes, on any port', () => {
  expect(checkWebhookTarget('https://example.com:8443/wp-json/altsmith/v1/webhook', [])).toMatchObject({
    isRegistered: false,
  });
});

test.each(['http://127.0.0.1:8080/hook', 'http://wordpress.lan/hook?x=1'])(
  '%s passes because the owner listed its origin',
  (url) => {
    expect(checkWebhookTarget(url, LISTED)).toMatchObject({ isRegistered: true });
  },
);

test.each([
  'http://127.0.0.1:8081/hook',
  'https://127.0.0.1:8080/hook',
  'http://a@127.0.0.1:8080/',
  'http://localhost/',
])('%s is not what the owner listed', (url) => {
  expect(() => checkWebhookTarget(url, LISTED)).toThrow('WEBHOOK_TARGET_REFUSED');
});

test('every hostile spelling is refused', () => {
  // Odd ports of a public host are somebody's own choice here, unlike for pictures.
  const hostile = HOSTILE_URLS.filter((url) => !url.startsWith('http://example.com:'));
  expect(hostile.length).toBeGreaterThan(120);
  for (const url of hostile) expect(() => checkWebhookTarget(url, [])).toThrow('WEBHOOK_TARGET_REFUSED');
});
