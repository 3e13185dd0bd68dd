import type { Picture } from '../../models/captioner';

/** Pixels looked at; a grid over the whole picture, so that the cost does not grow with it. */
const SAMPLES = 40_000;
/** Colours are told apart by their upper bits only: JPEG noise must not split one grey into many. */
const COLOUR_BITS = 4;
const COMMONEST = 5;

/** Spread of the grey values (standard deviation, 0..128), and share of the pixels in the five commonest colours (0..1). */
export function measure(picture: Picture): { contrast: number; flatness: number } {
  const { data, width, height } = picture;
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / SAMPLES)));
  const counts = new Uint32Array(1 << (3 * COLOUR_BITS));
  const drop = 8 - COLOUR_BITS;
  let [count, sum, squares] = [0, 0, 0];
  for (let y = step >> 1; y < height; y += step) {
    for (let x = step >> 1; x < width; x += step) {
      const at = (y * width + x) * 3;
      const red = data[at] ?? 0;
      const green = data[at + 1] ?? 0;
      const blue = data[at + 2] ?? 0;
      const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
      count++;
      sum += grey;
      squares += grey * grey;
      const colour = ((red >> drop) << (2 * COLOUR_BITS)) | ((green >> drop) << COLOUR_BITS) | (blue >> drop);
      counts[colour] = (counts[colour] ?? 0) + 1;
    }
  }
  const most = counts.sort().slice(-COMMONEST);
  return {
    contrast: Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)),
    flatness: most.reduce((a, b) => a + b, 0) / count,
  };
}
