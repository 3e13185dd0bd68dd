'use strict';
// Makes a JPEG of 12 megapixels of the picture named by the first argument and decodes it for a model that takes squares of so many
// pixels (the second), the fast way and the exact one; prints as JSON the sizes, and how far each is from the whole picture after the
// model's own resizing, in 255ths.
const { readFileSync } = require('node:fs');
const path = require('node:path');
const sharp = require('sharp');

const build = path.resolve(__dirname, '../../../build');
const { decodeBytes, prepareDecoder } = require(path.join(build, 'server/captioning/decode-image.js'));
const { resizeAsPillow } = require(path.join(build, 'models/graph/pillow-resize.js'));
const { GraphBuilder } = require(path.join(build, 'models/onnx/graph.js'));
const { GraphSession } = require(path.join(build, 'models/session/graph-session.js'));
const { Tensor } = require(path.join(build, 'models/session/tensor.js'));

const [file, side] = [process.argv[2], Number(process.argv[3])];

function resizing() {
  const graph = new GraphBuilder('resize');
  const pixels = graph.input('pixels', 'uint8', [1, 'height', 'width', 3]);
  graph.rename(resizeAsPillow(graph, pixels, side), 'resized');
  graph.output('resized', 'uint8', [1, 3, side, side]);
  return GraphSession.open(graph.toBuffer(), { threads: 2 });
}

async function main() {
  prepareDecoder(2);
  const large = sharp(readFileSync(file)).resize(4000, 3169, { fit: 'fill', kernel: 'cubic' });
  const bytes = await large.jpeg({ quality: 90 }).toBuffer();
  const session = resizing();
  const resized = ({ data, width, height }) => {
    const pixels = Tensor.of('uint8', data, [1, height, width, 3]);
    return session.run({ pixels }).resized.data;
  };
  sharp.unblock({ operation: ['VipsForeignLoad'] });
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const whole = resized({ data, ...info });
  const told = {};
  for (const isExact of [false, true]) {
    const { picture, facts } = await decodeBytes(bytes, 50e6, { side, isExact });
    const apart = resized(picture).map((byte, at) => Math.abs(byte - whole[at]));
    told[isExact ? 'exact' : 'fast'] = {
      decoded: [picture.width, picture.height],
      size: [facts.width, facts.height],
      mean: apart.reduce((sum, each) => sum + each, 0) / apart.length,
      most: apart.reduce((a, b) => Math.max(a, b), 0),
      beyondOne: apart.filter((each) => each > 1).length,
    };
  }
  process.stdout.write(JSON.stringify(told));
}

main();
