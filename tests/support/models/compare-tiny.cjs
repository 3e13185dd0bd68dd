'use strict';
// What "altsmith models verify" compares, for a model that is not in the registry: arguments are its Source as JSON, the model's folder
// and the folder of pulled models. Prints the agreement as JSON.
const path = require('node:path');

const built = (file) => require(path.resolve(__dirname, '../../../build', file));
const { compareWithExact } = built('server/cli/models/exact-model.js');
const { readManifest } = built('models/model-folder/manifest.js');

// A machine with little memory, which no test can be.
const { ALTSMITH_TEST_AVAILABLE_MEMORY: available } = process.env;
if (available !== undefined) process.availableMemory = () => Number(available);

const [source, folder, pulled] = process.argv.slice(2);
const where = { pulled, source: JSON.parse(source), signal: new globalThis.AbortController().signal };
void readManifest(folder)
  .then((manifest) => compareWithExact(folder, manifest, where))
  .then((agreement) => process.stdout.write(JSON.stringify(agreement)));
