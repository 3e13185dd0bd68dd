'use strict';
// DataViews for the review screen, as one file: the list and nothing else of the package.
//
// The package's own `wp` build carries its forms, pickers and every component they need, two megabytes in one piece that
// nothing can be taken out of. This one starts from its sources, so that what is not used stays away, and leaves the forms'
// controls out: the screen has its own. Like the package's build it brings its own components along, since those of
// WordPress 6.5 are too old for it, and takes only the scripts below from WordPress.
const { readFile } = require('node:fs/promises');
const path = require('node:path');
const { build } = require('esbuild');
const { STAND_INS } = require('./dataviews-stand-ins');

/** Packages that WordPress itself has in a new enough version, from 6.5 on. For `i18n` see `translationsFromOurs`. */
const FROM_WORDPRESS = ['data', 'date', 'hooks'].map((name) => `@wordpress/${name}`);
const FROM_REACT = /^react(-dom)?(\/client|\/jsx-runtime)?$/;

/** React is WordPress's own too. Modules of the older kind ask for it with require(), which a browser does not have. */
const reactFromWordPress = {
  name: 'react from WordPress',
  setup(bundle) {
    bundle.onResolve({ filter: FROM_REACT }, ({ path: name, kind }) =>
      kind === 'require-call' ? { path: name, namespace: 'required' } : { path: name, external: true },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'required' }, ({ path: name }) => ({ contents: `export * from '${name}';` }));
  },
};

/** In place of the controls of forms: a field that is shown, sorted and filtered by its list of values needs none. */
const noFormControls = {
  name: 'no form controls',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]dataviews[\\/]build-module[\\/]components[\\/]dataform-controls[\\/]index\.mjs$/ }, () => ({
      contents: 'export const getControl = () => null; export const getControlByType = () => null;',
    }));
  },
};

/** The screen shows a table or a grid; the package's other layouts stay away. */
const onlyOurLayouts = {
  name: 'only our layouts',
  setup(bundle) {
    const others = /[\\/]dataviews-layouts[\\/](list|activity|picker-grid|picker-table|picker-activity)[\\/]index\.mjs$/;
    bundle.onLoad({ filter: others }, () => ({ contents: 'export default () => null;' }));
  },
};

/** Every part of a menu carries the style sheet of all its parts, 14 kB each: here they share one. */
const oneCopyOfEachStyle = {
  name: 'one copy of each style',
  setup(bundle) {
    const styles = new Map();
    const call = /registerStyle\("([0-9a-f]+)", ('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)/g;
    bundle.onResolve({ filter: /^style:[0-9a-f]+$/ }, ({ path: name }) => ({ path: name.slice(6), namespace: 'style' }));
    bundle.onLoad({ filter: /.*/, namespace: 'style' }, ({ path: hash }) => ({ contents: `export default ${styles.get(hash)};` }));
    bundle.onLoad({ filter: /@wordpress[\\/]ui[\\/]build-module[\\/].*\.mjs$/ }, async ({ path: file }) => {
      const imports = [];
      const contents = (await readFile(file, 'utf8')).replace(call, (_, hash, css) => {
        styles.set(hash, css);
        imports.push(`import style_${hash} from 'style:${hash}';\n`);
        return `registerStyle("${hash}", style_${hash})`;
      });
      return { contents: imports.join('') + contents };
    });
  },
};

/**
 * WordPress's own components count their elements from 0 as well. Two elements with one id would leave a field of ours without
 * a name: its label belongs to the first element that has the id.
 */
const idsOfItsOwn = {
  name: 'ids of its own',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]compose[\\/]build-module[\\/]hooks[\\/]use-instance-id[\\/]index\.mjs$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const contents = source.replace('return instances;', 'return `list-${instances}`;');
      if (contents === source) throw new Error(`${file} counts its ids in another way: change plugin/bin/dataviews.js.`);
      return { contents };
    });
  },
};

/** In place of libraries for what a list does not do; see there. Only the list's own dates are replaced. */
const standIns = {
  name: 'stand-ins',
  setup(bundle) {
    const names = Object.keys(STAND_INS).map((name) => name.replaceAll('/', '\\/'));
    bundle.onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path: name, importer }) =>
      name === 'date-fns' && !importer.includes('dataviews') ? undefined : { path: name, namespace: 'stand-in' },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path: name }) => ({
      contents: STAND_INS[name],
      resolveDir: __dirname,
    }));
  },
};

/**
 * The strings of the list are in WordPress's text domain, whose translations WordPress loads for its own scripts only. Those
 * that our screen shows (dataviews-words.json) are translated in our domain; the others fall back to WordPress's.
 */
const translationsFromOurs = {
  name: 'translations from our text domain',
  setup(bundle) {
    bundle.onResolve({ filter: /^@wordpress\/i18n$/ }, ({ path: name, namespace }) =>
      namespace === 'words' ? { path: name, external: true } : { path: name, namespace: 'words' },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'words' }, () => ({
      contents: `
        import { __ as text_, _x as inContext, _n as inNumber } from '@wordpress/i18n';
        export * from '@wordpress/i18n';
        const either = (ours, source, theirs) => (ours === source ? theirs() : ours);
        export const __ = (text) => either(text_(text, 'altsmith'), text, () => text_(text));
        export const _x = (text, context) => either(inContext(text, context, 'altsmith'), text, () => inContext(text, context));
        export const _n = (one, many, count) =>
          either(inNumber(one, many, count, 'altsmith'), count === 1 ? one : many, () => inNumber(one, many, count));
      `,
      resolveDir: __dirname,
    }));
  },
};

/**
 * Writes the bundle.
 *
 * @param {string} target Path of the file.
 */
async function bundleDataViews(target) {
  await build({
    stdin: { contents: "export { DataViews } from '@wordpress/dataviews';", resolveDir: path.resolve(__dirname, '..') },
    bundle: true,
    format: 'esm',
    outfile: target,
    external: FROM_WORDPRESS,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [translationsFromOurs, standIns, reactFromWordPress, noFormControls, onlyOurLayouts, oneCopyOfEachStyle, idsOfItsOwn],
    logLevel: 'warning',
  });
}

module.exports = { bundleDataViews };
