const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);

/**
 * Parts a row of JPEGs, as ffmpeg writes it, into single ones. Inside a JPEG's picture data 0xFF is always followed by 0x00 or a restart
 * mark, and ffmpeg puts no thumbnails into the header, so the first end mark is the picture's.
 */
export async function* jpegsIn(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  let from = 0;
  for await (const chunk of chunks) {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      const end = held.indexOf(END_OF_IMAGE, from);
      if (end < 0) break;
      yield held.subarray(0, end + END_OF_IMAGE.length);
      held = held.subarray(end + END_OF_IMAGE.length);
      from = 0;
    }
    // The mark may lie across two chunks.
    from = Math.max(0, held.length - 1);
  }
}
