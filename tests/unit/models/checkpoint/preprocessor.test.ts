import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPreprocessor } from '../../../../models/checkpoint/preprocessor';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'altsmith-preprocessor-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function read(config: unknown) {
  writeFileSync(path.join(folder, 'preprocessor_config.json'), JSON.stringify(config));
  return readPreprocessor(folder, 384);
}

/** Those of transformers' BlipImageProcessor. */
const DEFAULTS = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  deviation: [0.26862954, 0.26130258, 0.27577711],
};

describe('the preparation of pictures', () => {
  it.each([
    ['of an empty file, all defaults', {}],
    ['of blip-base, whose size is a number', { do_normalize: true, do_resize: true, size: 384 }],
    [
      'of blip-large, whose size is two',
      {
        do_pad: true,
        do_rescale: true,
        resample: 3,
        rescale_factor: 0.00392156862745098,
        size: { height: 384, width: 384 },
        size_divisor: 32,
      },
    ],
    [
      'that leaves things open with null',
      { size: null, resample: null, image_mean: null, image_std: null, do_center_crop: null },
    ],
    ['that names its filter', { resample: 'bicubic' }],
  ])('%s, has the usual means and deviations', (_, config) => {
    expect(read(config)).toEqual(DEFAULTS);
  });

  it('has its own means and deviations, as three numbers or one', () => {
    expect(read({ image_mean: [0.1, 0.2, 0.3], image_std: 0.5 })).toEqual({
      mean: [0.1, 0.2, 0.3],
      deviation: [0.5, 0.5, 0.5],
    });
  });

  it('changes nothing where do_normalize is false', () => {
    expect(read({ do_normalize: false, image_mean: [0.1, 0.2, 0.3] })).toEqual({
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
    });
  });

  it.each<[unknown, string]>([
    [{ size: 224 }, 'size is 224x224, but image_size in config.json is 384'],
    [{ size: { height: 384, width: 512 } }, 'size is 384x512'],
    [{ size: { shortest_edge: 384 } }, 'size'],
    [{ size: 383.5 }, 'is not that of'],
    [{ size: 1_000_000_000 }, 'is not that of'],
    [{ resample: 2 }, 'resample is 2, but only bicubic (3) is known'],
    [{ resample: 'bilinear' }, 'resample is bilinear'],
    [{ do_rescale: false }, 'do_rescale is false'],
    [{ rescale_factor: 0.5 }, 'rescale_factor is 0.5'],
    [{ do_resize: false }, 'do_resize is false'],
    [{ do_center_crop: true }, 'do_center_crop is true'],
    [{ image_std: [1, 1, 0] }, 'image_std'],
    [{ image_mean: [1, 1] }, 'image_mean'],
  ])('as %j is refused', (config, message) => {
    expect(() => read(config)).toThrow(message);
    expect(() => read(config)).toThrow(expect.objectContaining({ code: 'MODEL_FILE_DAMAGED' }));
  });
});
