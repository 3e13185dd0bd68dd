'use strict';
// `npm run build:plugin`: one script for each screen, from plugin/src to plugin/build.
const { existsSync, readdirSync } = require('node:fs');
const path = require('node:path');
const DependencyExtraction = require('@wordpress/dependency-extraction-webpack-plugin');
const base = require('@wordpress/scripts/config/webpack.config');
const Minifier = require('terser-webpack-plugin');
const { bundleDataViews } = require('./bin/dataviews');

const source = path.resolve(__dirname, 'src');
/** Every folder of src with an index file is a script of its own. */
const entry = Object.fromEntries(
  readdirSync(source).flatMap((name) =>
    ['index.ts', 'index.tsx']
      .map((file) => path.join(source, name, file))
      .filter((file) => existsSync(file))
      .map((file) => [name, file]),
  ),
);
const jsxRuntime = path.resolve(__dirname, 'src/shared/jsx-runtime.ts');
/** In this folder: an archive of the sources has no repository around it. */
const dataViews = path.resolve(__dirname, '.cache/dataviews.js');

const config = {
  ...base,
  entry,
  // Neither the folder nor the package.json around it changes the scripts: whoever has the zip makes the same ones from its sources.
  output: { ...base.output, path: path.resolve(__dirname, 'build'), uniqueName: 'altsmith' },
  resolve: {
    ...base.resolve,
    // WordPress 6.5 has no script "react-jsx-runtime": ours, a few lines on createElement, works with every React it ships.
    alias: {
      ...base.resolve.alias,
      '@wordpress/dataviews/wp$': dataViews,
      'react/jsx-runtime$': jsxRuntime,
      'react/jsx-dev-runtime$': jsxRuntime,
    },
  },
  // esbuild: DataViews takes Terser most of a minute.
  optimization: { ...base.optimization, moduleIds: 'natural', minimizer: [new Minifier({ minify: Minifier.esbuildMinify })] },
  // DataViews brings its own components, as WordPress 6.5's are too old for it; only the review screen loads them.
  performance: { hints: false },
  plugins: [
    // wp-scripts also copies block.json files, of which there are none.
    ...base.plugins.filter(
      (plugin) => !['DependencyExtractionWebpackPlugin', 'CopyPlugin'].includes(plugin.constructor.name),
    ),
    new DependencyExtraction({
      // null: not an external, whatever the default list says. DataViews brings react-dom/client, which is in wp-element.
      requestToExternal: (request) => {
        if (request === 'react-dom/client') return ['wp', 'element'];
        return request.startsWith('react/jsx-') ? null : undefined;
      },
      requestToHandle: (request) => (request === 'react-dom/client' ? 'wp-element' : undefined),
    }),
  ],
};

/** wp-scripts takes a promise: the list of the review screen is bundled first. */
module.exports = async () => {
  await bundleDataViews(dataViews);
  return config;
};
