import { measure } from '../../../../server/captioning/image-facts';

function picture(width: number, height: number, colourAt: (x: number, y: number) => [number, number, number]) {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colourAt(x, y), (y * width + x) * 3);
  return { data, width, height };
}

it('a plain area has no contrast and is all one colour', () => {
  const { contrast, flatness } = measure(picture(300, 200, () => [10, 200, 30]));
  expect(contrast).toBeCloseTo(0, 2);
  expect(flatness).toBe(1);
});

it('half black, half white has the greatest contrast there is', () => {
  const { contrast, flatness } = measure(picture(300, 200, (x) => (x < 150 ? [0, 0, 0] : [255, 255, 255])));
  expect(contrast).toBeCloseTo(127.5, 1);
  expect(flatness).toBe(1);
});

it('many colours are not flat', () => {
  const { flatness } = measure(picture(256, 256, (x, y) => [x, y, (x * 7 + y * 13) % 256]));
  expect(flatness).toBeLessThan(0.05);
});

it('a single pixel can be measured', () => {
  const { contrast, flatness } = measure(picture(1, 1, () => [1, 2, 3]));
  expect(contrast).toBeCloseTo(0, 5);
  expect(flatness).toBe(1);
});
