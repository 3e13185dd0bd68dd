'use strict';
// npm runs this where Altsmith is installed as a package, before the install scripts of what it needs.
// onnxruntime-node brings along all that processors need; its own install script only downloads some hundred megabytes for graphics
// cards, which nothing here uses, and fails where only the npm registry can be reached. Whoever sets its variable decides instead.
const { existsSync, writeFileSync } = require('node:fs');
const path = require('node:path');

/** The folder of the package among those beside this one, or in this one; null where it is not. */
function findPackage(name) {
  const places = ['../..', '../node_modules'].map((up) => path.resolve(__dirname, up, name));
  return places.find((place) => existsSync(path.join(place, 'package.json'))) ?? null;
}

const isInstalled = path.basename(path.resolve(__dirname, '../..')) === 'node_modules';
const isDecided = ['ONNXRUNTIME_NODE_INSTALL', 'npm_config_onnxruntime_node_install'].some((name) => process.env[name]);
const folder = findPackage('onnxruntime-node');
if (isInstalled && !isDecided && folder !== null) {
  writeFileSync(
    path.join(folder, 'script/install.js'),
    '// Emptied by Altsmith, which uses no graphics card. ONNXRUNTIME_NODE_INSTALL=cuda12 before "npm install" keeps it.\n',
  );
}
