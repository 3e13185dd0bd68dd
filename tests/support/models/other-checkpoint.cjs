'use strict';
// Loaded before a sidecar (--require): blip-base is made from the checkpoint that ALTSMITH_TEST_SOURCE describes, a KnownModel's
// `source` as JSON, since no test can have the published one.
const path = require('node:path');

const manifest = require(path.resolve(__dirname, '../../../build/models/manifests/blip-base.json'));
manifest.source = JSON.parse(process.env.ALTSMITH_TEST_SOURCE);
manifest.golden = [];
