import { AppError } from '../../../../server/errors';
import { imageError } from '../../../../server/captioning/image-error';

it.each<[string, unknown, string]>([
  ['a cut picture', new Error('VipsJpeg: Premature end of input file'), 'IMAGE_CORRUPT'],
  ['too many pixels', new Error('Input image exceeds pixel limit'), 'IMAGE_TOO_MANY_PIXELS'],
  ['another kind', new Error('Input buffer contains unsupported image format'), 'IMAGE_TYPE_UNSUPPORTED'],
  ['a machine without memory', new Error('out of memory --- size == 140MB'), 'INTERNAL'],
  ['a system without memory', new Error('VipsImage: Cannot allocate memory'), 'INTERNAL'],
  ['an array that is refused', new RangeError('Array buffer allocation failed'), 'INTERNAL'],
  ['a fault of the program', new TypeError('x is undefined'), 'INTERNAL'],
  ['sizes beyond reason', new Error('heif: Memory allocation error: Security limit exceeded'), 'IMAGE_CORRUPT'],
  ['an error with a code', new AppError('IMAGE_CORRUPT', { channels: 2 }), 'IMAGE_CORRUPT'],
])('%s', (_, thrown, code) => {
  const error = imageError(thrown);
  expect(error.code).toBe(code);
  expect(error.retryable).toBe(code === 'INTERNAL');
});
