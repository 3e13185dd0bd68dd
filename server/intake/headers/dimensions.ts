/** What the header of an image file claims about it. Pixels, before any rotation. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** Thrown by the readers: the bytes do not form a header of the format they begin with. */
export class HeaderError extends Error {
  override readonly name = 'HeaderError';
}

/** The wanted bytes, or HeaderError when the file ends before them. */
export function whole(bytes: Buffer, length: number): Buffer {
  if (bytes.length < length) throw new HeaderError('the file ends inside its header');
  return bytes;
}
