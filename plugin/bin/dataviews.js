'use strict';
// DataViews for the review screen, as one file: the list and nothing else of the package.
//
// The package's own `wp` build carries its forms, pickers and every component they need, two megabytes in one piece that
// nothing can be taken out of. This one starts from its sources, so that what is not used stays away, and leaves the forms'
// controls out: the screen has its own. Like the package's build it brings its own components along, since those of
// WordPress 6.5 are too old for it, and takes only the scripts below from WordPress.
const path = require('node:path');
const { build } = require('esbuild');

/** What WordPress has in a form that is new enough, back to 6.5. */
const FROM_WORDPRESS = ['data', 'date', 'hooks', 'i18n'].map((name) => `@wordpress/${name}`);
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

/**
 * Writes the bundle.
 *
 * @param {string} target Path of the file.
 */
async function bundleDataViews(target) {
  await build({
    stdin: { contents: "export { DataViews } from '@wordpress/dataviews';", resolveDir: path.resolve(__dirname, '../..') },
    bundle: true,
    format: 'esm',
    outfile: target,
    external: FROM_WORDPRESS,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [reactFromWordPress, noFormControls],
    logLevel: 'warning',
  });
}

module.exports = { bundleDataViews };
