'use strict';
// "altsmith models pull" for a model that is not in the registry: arguments are the KnownModel as JSON, the precision and
// the folder of pulled models. Prints what was pulled as JSON, or the error's code and sentence.
const path = require('node:path');

const { pullModel } = require(path.resolve(__dirname, '../../../build/server/cli/models/pull-model.js'));

// A machine with little memory, which no test can be.
const { ALTSMITH_TEST_AVAILABLE_MEMORY: available } = process.env;
if (available !== undefined) process.availableMemory = () => Number(available);

const [model, precision, pulled, from] = process.argv.slice(2);
const wishes = { precision, from: from ?? null, keep: false, compare: true };
const known = JSON.parse(model);
pullModel({ ...wishes, model: known, source: known.source }, pulled).then(
  (result) => process.stdout.write(JSON.stringify(result)),
  (error) => {
    process.stdout.write(JSON.stringify({ error: { code: error.code, message: error.message } }));
    process.exitCode = 1;
  },
);
