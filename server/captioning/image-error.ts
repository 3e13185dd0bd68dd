import { AppError, toAppError } from '../errors';

/** Of libvips, the C library and its decoders; libheif's "Security limit exceeded" is the picture's doing, whatever stands before it. */
const OUT_OF_MEMORY = /out of memory|cannot allocate memory|insufficient memory|bad_alloc/i;
const SECURITY_LIMIT = /security limit/i;

/** libvips throws plain errors with a sentence; a RangeError of an allocation, or a TypeError, is the machine's or the program's. */
function isOfLibrary(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'Error';
}

/**
 * What went wrong while a picture was decoded: IMAGE_TOO_MANY_PIXELS, IMAGE_TYPE_UNSUPPORTED or IMAGE_CORRUPT, which are final; INTERNAL,
 * which is tried again, where the picture may be whole. libvips has no error codes, only sentences.
 */
export function imageError(cause: unknown): AppError {
  if (!isOfLibrary(cause)) return toAppError(cause);
  const text = cause instanceof Error ? cause.message : '';
  if (/exceeds pixel limit/i.test(text)) return new AppError('IMAGE_TOO_MANY_PIXELS', {}, { cause });
  if (/unsupported image format|is blocked|Input buffer is empty/i.test(text)) {
    return new AppError('IMAGE_TYPE_UNSUPPORTED', {}, { cause });
  }
  if (OUT_OF_MEMORY.test(text) && !SECURITY_LIMIT.test(text)) return toAppError(cause);
  return new AppError('IMAGE_CORRUPT', {}, { cause });
}
