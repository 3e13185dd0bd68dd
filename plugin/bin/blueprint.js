'use strict';
// Writes plugin/assets/blueprints/blueprint.json, with which the plugin directory offers a preview in WordPress Playground: there no
// sidecar can run, so suggestions that one has made before (recorded.json) answer in its place.
const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const sharp = require('sharp');

const FOLDER = path.resolve(__dirname, '../assets/blueprints');
const PHOTOGRAPHS = path.resolve(__dirname, '../../tests/fixtures/images');
const MU_PLUGINS = '/wordpress/wp-content/mu-plugins';
/** The blueprint carries its pictures. */
const LONGEST_EDGE = 480;
const QUALITY = 60;

const read = (name) => readFileSync(path.join(FOLDER, name), 'utf8');

async function picture(name) {
  const bytes = await sharp(path.join(PHOTOGRAPHS, name)).resize(LONGEST_EDGE, LONGEST_EDGE, { fit: 'inside' }).jpeg({ quality: QUALITY }).toBuffer();
  return bytes.toString('base64');
}

/** @returns {Promise<object>} The blueprint, by the schema of WordPress Playground. */
async function makeBlueprint() {
  const names = Object.keys(JSON.parse(read('recorded.json')));
  const pictures = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await picture(name)])));
  const file = (name, data) => ({ step: 'writeFile', path: `${MU_PLUGINS}/${name}`, data });
  return {
    $schema: 'https://playground.wordpress.net/blueprint-schema.json',
    meta: { title: 'Altsmith with recorded suggestions', author: 'altsmith', description: 'Review what a sidecar has suggested for some photographs.' },
    landingPage: '/wp-admin/upload.php?page=altsmith-review',
    preferredVersions: { php: '8.3', wp: 'latest' },
    login: true,
    steps: [
      { step: 'defineWpConfigConsts', consts: { ALTSMITH_SIDECAR_URL: 'http://recorded.invalid:8787', ALTSMITH_SITE_KEY: `alt_${'0'.repeat(16)}_${'0'.repeat(43)}` } },
      { step: 'mkdir', path: MU_PLUGINS },
      file('altsmith-recorded.json', read('recorded.json')),
      file('altsmith-pictures.json', JSON.stringify(pictures)),
      file('altsmith-recorded-sidecar.php', read('recorded-sidecar.php')),
      { step: 'installPlugin', pluginData: { resource: 'wordpress.org/plugins', slug: 'altsmith' }, options: { activate: true } },
      { step: 'runPHP', code: read('add-pictures.php') },
    ],
  };
}

module.exports = { makeBlueprint };
if (require.main === module) {
  makeBlueprint().then((blueprint) => writeFileSync(path.join(FOLDER, 'blueprint.json'), `${JSON.stringify(blueprint, null, '\t')}\n`));
}
