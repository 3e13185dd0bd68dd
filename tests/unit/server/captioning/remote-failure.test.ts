import { failureOf } from '../../../../server/captioning/remote-failure';

const known = { hasBytes: true, didPictures: true };
const unproven = { ...known, didPictures: false };

test.each([
  ['a verdict of a machine that did pictures', { code: 'IMAGE_CORRUPT' }, known, 'IMAGE_CORRUPT picture'],
  ['a verdict of a machine that did none', { code: 'IMAGE_CORRUPT' }, unproven, 'IMAGE_CORRUPT unknown'],
  ['the same, once its own went well', { code: 'IMAGE_CORRUPT', well: true }, unproven, 'IMAGE_CORRUPT picture'],
  ['bytes that are here', { code: 'IMAGE_UNKNOWN', well: true }, known, 'IMAGE_TRANSFER_FAILED unknown'],
  ['an earlier worker’s limit', { code: 'IMAGE_TOO_MANY_PIXELS' }, known, 'IMAGE_TOO_MANY_PIXELS unknown'],
  ['a model without words', { code: 'MODEL_REPLY_UNUSABLE' }, known, 'MODEL_REPLY_UNUSABLE unknown'],
  ['too much to do', { code: 'MODEL_SERVER_BUSY', well: false }, known, 'MODEL_SERVER_BUSY nobody'],
  ['too much to do with this picture', { code: 'MODEL_SERVER_BUSY', well: true }, known, 'MODEL_SERVER_BUSY picture'],
  ['a code of no catalogue', { code: 'NO_SUCH_CODE' }, known, 'INTERNAL unknown'],
])('what a worker elsewhere says, and whose fault it is: %s', (...row) => {
  const [, told, around, expected] = row;
  const { error, blame } = failureOf(told, around);
  expect(`${error.code} ${blame}`).toBe(expected);
});
