'use strict';
// The translations in plugin/languages. Only the .po files are in the repository; WordPress reads the files made from them.
//   node plugin/bin/languages.js             writes the .mo file of each language, and a .json file for each of its scripts
//   node plugin/bin/languages.js --update    brings the .po files up to date with the sources
//   node plugin/bin/languages.js --missing   lists what a language lacks; ends with 1 when it lacks anything
const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const gettext = require('gettext-parser');
const listWords = require('./dataviews-words.json');
const { jsStrings } = require('./js-strings');
const { compile, headersOf } = require('./pot');
const { DOMAIN, keyOf, sourceStrings } = require('./source-strings');

const PLUGIN = path.resolve(__dirname, '..');
const FOLDER = path.join(PLUGIN, 'languages');
/** The script that contains @wordpress/dataviews. */
const LIST_SCRIPT = 'review';

const fileOf = (locale, rest) => path.join(FOLDER, `${DOMAIN}-${locale}${rest}`);

/** @returns {string[]} WordPress's names of the languages, such as `de_DE`. */
const locales = () =>
  readdirSync(FOLDER).flatMap((file) => new RegExp(`^${DOMAIN}-(\\w+)\\.po$`).exec(file)?.[1] ?? []);

/** @returns {object} The .po file of a language, as gettext-parser reads it. */
const readPo = (locale) => gettext.po.parse(readFileSync(fileOf(locale, '.po')));

/** @returns {number} How many plural forms the language has, by the header of its file. */
const formsOf = (po) => Number(/nplurals=(\d+)/.exec(po.headers['plural-forms'])?.[1]);

/** @returns {object | undefined} The entry of a string in a parsed file. */
const translationOf = (po, { text, context }) => po.translations[context ?? '']?.[text];

/**
 * @param {object} po A parsed file.
 * @param {object[]} strings From sourceStrings().
 * @returns {string[]} Texts that have no translation, or fewer forms than the language.
 */
function missing(po, strings) {
  return strings
    .filter((one) => {
      const { msgstr = [], comments } = translationOf(po, one) ?? {};
      const forms = one.plural === undefined ? 1 : formsOf(po);
      return msgstr.length !== forms || msgstr.some((text) => text === '') || (comments?.flag ?? '').includes('fuzzy');
    })
    .map(({ text }) => text);
}

/** Adds new strings to the .po files, and drops those that the sources no longer have. */
function update() {
  const strings = sourceStrings(PLUGIN);
  for (const locale of locales()) {
    const po = readPo(locale);
    const empty = (one) => Array.from({ length: one.plural === undefined ? 1 : formsOf(po) }, () => '');
    const head = { ...headersOf(PLUGIN), ...Object.fromEntries(['language', 'plural-forms', 'x-made-by'].map((name) => [name, po.headers[name]])) };
    writeFileSync(fileOf(locale, '.po'), compile(head, strings, (one) => translationOf(po, one)?.msgstr ?? empty(one)));
  }
}

/** The strings of each built script. */
function stringsOfScripts() {
  const build = path.join(PLUGIN, 'build');
  const scripts = existsSync(build) ? readdirSync(build).filter((file) => file.endsWith('.js')) : [];
  return scripts.map((file) => {
    const name = path.basename(file, '.js');
    const said = jsStrings(readFileSync(path.join(build, file), 'utf8'), DOMAIN);
    return { name, strings: [...said, ...(name === LIST_SCRIPT ? listWords : [])] };
  });
}

/** The translations of a script in the format (Jed 1.x) that wp_set_script_translations() reads. */
function jsonFor(po, locale, strings) {
  const entries = strings.map((one) => [keyOf(one), translationOf(po, one)?.msgstr ?? []]);
  const head = { domain: 'messages', lang: locale, 'plural-forms': po.headers['plural-forms'] };
  const messages = Object.fromEntries(entries.filter(([, texts]) => texts.length > 0 && texts[0] !== ''));
  return `${JSON.stringify({ domain: 'messages', locale_data: { messages: { '': head, ...messages } } })}\n`;
}

/** Writes the .mo file of each language, and its .json files for the scripts in plugin/build. */
function writeCompiled() {
  const scripts = stringsOfScripts();
  for (const locale of locales()) {
    const po = readPo(locale);
    writeFileSync(fileOf(locale, '.mo'), gettext.mo.compile(po));
    for (const { name, strings } of scripts) writeFileSync(fileOf(locale, `-${DOMAIN}-${name}.json`), jsonFor(po, locale, strings));
  }
}

function listMissing() {
  const strings = sourceStrings(PLUGIN);
  const lacking = locales().map((locale) => ({ locale, texts: missing(readPo(locale), strings) }));
  for (const { locale, texts } of lacking) console.log([`${locale}: ${texts.length} missing`, ...texts].join('\n  '));
  process.exitCode = lacking.some(({ texts }) => texts.length > 0) ? 1 : 0;
}

if (require.main === module) {
  const tasks = { '--update': update, '--missing': listMissing };
  (tasks[process.argv[2]] ?? writeCompiled)();
}

module.exports = { formsOf, locales, missing, readPo, translationOf, writeCompiled };
