'use strict';
// Writes a gettext template (.pot) of everything the plugin says, PHP and scripts together.
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { jsStrings } = require('./js-strings');
const { phpStrings } = require('./php-strings');

const DOMAIN = 'altsmith';

function filesBelow(folder, ending) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => path.join(folder, file));
}

/** What WordPress itself shows of a plugin: the lines at the head of its main file. */
function headerStrings(source) {
  return ['Plugin Name', 'Description', 'Author'].flatMap((field) => {
    const value = new RegExp(`^ \\* ${field}:\\s*(.+)$`, 'm').exec(source)?.[1];
    return value === undefined ? [] : [{ text: value.trim(), comment: `${field} of the plugin`, line: 1 }];
  });
}

function quote(text) {
  const escaped = text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n').replace(/\t/g, '\\t');
  return `"${escaped}"`;
}

function entry({ text, plural, context, comments, places }) {
  return [
    ...comments.map((comment) => `#. translators: ${comment.replace(/\s+/g, ' ')}`),
    ...places.map((place) => `#: ${place}`),
    ...(/%[\d$]*[sdf]/.test(text + (plural ?? '')) ? ['#, php-format'] : []),
    ...(context === undefined ? [] : [`msgctxt ${quote(context)}`]),
    `msgid ${quote(text)}`,
    ...(plural === undefined ? ['msgstr ""'] : [`msgid_plural ${quote(plural)}`, 'msgstr[0] ""', 'msgstr[1] ""']),
  ].join('\n');
}

/**
 * @param {string} plugin The plugin's folder, with its scripts built.
 * @returns {{text: string, count: number}} The template, and how many strings it has.
 * @throws {Error} When a string cannot be read, because it is not a literal.
 */
function makePot(plugin) {
  const all = new Map();
  const add = (file, strings) => {
    for (const one of strings) {
      const place = `${path.relative(plugin, file)}:${one.line}`;
      if (typeof one.text !== 'string' || one.plural === null) throw new Error(`${place}: not a plain string`);
      const key = JSON.stringify([one.context ?? '', one.text]);
      const known = all.get(key) ?? { ...one, comments: [], places: [] };
      known.places.push(place);
      known.plural ??= one.plural;
      if (one.comment !== undefined && !known.comments.includes(one.comment)) known.comments.push(one.comment);
      all.set(key, known);
    }
  };
  const main = path.join(plugin, 'altsmith.php');
  add(main, headerStrings(readFileSync(main, 'utf8')));
  for (const file of filesBelow(path.join(plugin, 'includes'), '.php')) add(file, phpStrings(readFileSync(file, 'utf8'), DOMAIN));
  for (const file of filesBelow(path.join(plugin, 'build'), '.js')) add(file, jsStrings(readFileSync(file, 'utf8'), DOMAIN));
  const version = /^ \* Version:\s*(\S+)/m.exec(readFileSync(main, 'utf8'))?.[1] ?? '';
  const head = [
    'msgid ""',
    'msgstr ""',
    `"Project-Id-Version: Altsmith ${version}\\n"`,
    '"MIME-Version: 1.0\\n"',
    '"Content-Type: text/plain; charset=UTF-8\\n"',
    '"Content-Transfer-Encoding: 8bit\\n"',
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"',
    `"X-Domain: ${DOMAIN}\\n"`,
  ].join('\n');
  return { text: [head, ...[...all.values()].map(entry)].join('\n\n') + '\n', count: all.size };
}

module.exports = { makePot };
