'use strict';
// Opens a model as a worker does and prints as JSON: bytes of memory of its own, the packed folders beside
// the model, and logits. Arguments: model folder, least bytes of weights that are packed ahead ("never" for none), and the most
// private memory that loading may take, as a share of the weights.
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

const build = path.resolve(__dirname, '../../../build/models');
const { readManifest } = require(path.join(build, 'model-folder/manifest.js'));
const { ModelSession } = require(path.join(build, 'session/session.js'));

const [folder, least, share] = process.argv.slice(2);
const own = () => Number(/^RssAnon:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;

async function main() {
  const manifest = await readManifest(folder);
  const before = own();
  const options = {
    leastPackedBytes: least === 'never' ? Infinity : Number(least),
    ...(share === undefined ? {} : { mostOwnShare: Number(share) }),
  };
  const session = await ModelSession.open(folder, manifest, 1, options);
  const bytes = own() - before;
  const data = Uint8Array.from({ length: 56 * 56 * 3 }, (_, index) => (index * 7) % 251);
  const image = await session.encode({ data, width: 56, height: 56 });
  const { step } = session.decode(await session.look(image, [1]));
  const [row] = await step([{ tokens: [0], parent: 0 }], { choices: 1, wantsLogits: true });
  const packed = readdirSync(folder).filter((name) => name.includes('pack'));
  process.stdout.write(JSON.stringify({ bytes, packed, logits: [...row.logits] }));
  session.close();
}

main();
