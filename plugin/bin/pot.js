'use strict';
// Writes a gettext template (.pot) of everything the plugin says, PHP and scripts together.
const { readFileSync } = require('node:fs');
const path = require('node:path');
const gettext = require('gettext-parser');
const { DOMAIN, sourceStrings } = require('./source-strings');

/** The headers of a .pot or .po file. */
function headersOf(plugin) {
  const version = /^ \* Version:\s*(\S+)/m.exec(readFileSync(path.join(plugin, 'altsmith.php'), 'utf8'))?.[1] ?? '';
  return {
    'project-id-version': `Altsmith ${version}`,
    'mime-version': '1.0',
    'content-type': 'text/plain; charset=UTF-8',
    'content-transfer-encoding': '8bit',
    'plural-forms': 'nplurals=2; plural=(n != 1);',
    'x-domain': DOMAIN,
  };
}

/** One string as gettext-parser keeps it; `msgstr` holds its translations. */
function entryOf({ text, plural, context, comments, places }, msgstr) {
  return {
    ...(context === undefined ? {} : { msgctxt: context }),
    msgid: text,
    ...(plural === undefined ? {} : { msgid_plural: plural }),
    msgstr,
    comments: {
      ...(comments.length === 0 ? {} : { extracted: comments.map((one) => `translators: ${one.replace(/\s+/g, ' ')}`).join('\n') }),
      // Without line numbers, so that a .po file changes only when a string does.
      reference: [...new Set(places.map((place) => place.replace(/:\d+$/, '')))].join('\n'),
      ...(/%[\d$]*[sdf]/.test(text + (plural ?? '')) ? { flag: 'php-format' } : {}),
    },
  };
}

/** The bytes of a .pot or .po file. `translationsOf` gives the msgstr of a string. */
function compile(headers, strings, translationsOf) {
  const translations = {};
  for (const one of strings) (translations[one.context ?? ''] ??= {})[one.text] = entryOf(one, translationsOf(one));
  return gettext.po.compile({ charset: 'utf-8', headers, translations });
}

/**
 * @param {string} plugin The plugin's folder.
 * @returns {{text: Buffer, count: number}} The template, and how many strings it has.
 * @throws {Error} When a string cannot be read, because it is not a literal.
 */
function makePot(plugin) {
  const strings = sourceStrings(plugin);
  return {
    text: compile(headersOf(plugin), strings, ({ plural }) => (plural === undefined ? [''] : ['', ''])),
    count: strings.length,
  };
}

module.exports = { compile, headersOf, makePot };
