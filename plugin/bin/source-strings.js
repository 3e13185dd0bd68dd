'use strict';
// All translatable strings of the plugin, from its sources: PHP first, then the scripts, then those of @wordpress/dataviews.
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { jsStrings } = require('./js-strings');
const { phpStrings } = require('./php-strings');
const listWords = require('./dataviews-words.json');

const DOMAIN = 'altsmith';

function filesBelow(folder, ending) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file))
    .sort()
    .map((file) => path.join(folder, file));
}

/** Strings that WordPress shows in the list of plugins: from the header of the main file. */
function headerStrings(source) {
  return ['Plugin Name', 'Description', 'Author'].flatMap((field) => {
    const value = new RegExp(`^ \\* ${field}:\\s*(.+)$`, 'm').exec(source)?.[1];
    return value === undefined ? [] : [{ text: value.trim(), comment: `${field} of the plugin`, line: 1 }];
  });
}

/** How gettext names an entry: its context and its text. */
const keyOf = ({ text, context }) => (context === undefined || context === '' ? text : `${context}\u0004${text}`);

/**
 * Collects the strings; equal ones become one with several places.
 *
 * @param {string} plugin The plugin's folder.
 * @returns {{text: string, plural?: string, context?: string, comments: string[], places: string[]}[]}
 * @throws {Error} When a string cannot be read, because it is not a literal.
 */
function sourceStrings(plugin) {
  const all = new Map();
  const add = (file, strings) => {
    for (const one of strings) {
      const place = `${file}:${one.line}`;
      if (typeof one.text !== 'string' || one.plural === null) throw new Error(`${place}: not a plain string`);
      const known = all.get(keyOf(one)) ?? { text: one.text, plural: one.plural, context: one.context, comments: [], places: [] };
      known.places.push(place);
      known.plural ??= one.plural;
      if (one.comment !== undefined && !known.comments.includes(one.comment)) known.comments.push(one.comment);
      all.set(keyOf(one), known);
    }
  };
  const read = (file) => readFileSync(path.join(plugin, file), 'utf8');
  const below = (folder, ending) => filesBelow(path.join(plugin, folder), ending).map((file) => path.relative(plugin, file));
  add('altsmith.php', headerStrings(read('altsmith.php')));
  for (const file of below('includes', /\.php$/)) add(file, phpStrings(read(file), DOMAIN));
  for (const file of below('src', /\.tsx?$/)) add(file, jsStrings(read(file), DOMAIN));
  add(
    'bin/dataviews-words.json',
    listWords.map((word, place) => ({ ...word, line: place + 2 })),
  );
  return [...all.values()];
}

module.exports = { DOMAIN, keyOf, sourceStrings };
