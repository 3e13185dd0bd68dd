'use strict';
// Makes a JPEG of 12 megapixels of the picture named by the first argument and decodes it for a model that takes squares of so many
// pixels (the second), and exactly; prints as JSON the sizes, and how far apart the two are after the model's own resizing, in 255ths.
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
  const seen = [];
  for (const wish of [side, null]) {
    const { picture, facts } = await decodeBytes(bytes, 50e6, wish);
    const pixels = Tensor.of('uint8', picture.data, [1, picture.height, picture.width, 3]);
    const { resized } = session.run({ pixels });
    seen.push({ decoded: [picture.width, picture.height], size: [facts.width, facts.height], data: resized.data });
  }
  const apart = seen[0].data.map((byte, at) => Math.abs(byte - seen[1].data[at]));
  const mean = apart.reduce((sum, each) => sum + each, 0) / apart.length;
  const most = apart.reduce((a, b) => Math.max(a, b), 0);
  const [fast, exact] = seen.map(({ decoded, size }) => ({ decoded, size }));
  process.stdout.write(JSON.stringify({ fast, exact, mean, most }));
}

main();
