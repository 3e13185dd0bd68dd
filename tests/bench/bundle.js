'use strict';
// Compiles a bench and runs its main(words, root). The product is built first, and it is the build that is measured.
const path = require('node:path');
const { buildIfStale } = require('../../server/cli/build');

const root = path.resolve(__dirname, '../..');

/** Imports of server/ and models/ become those of their compiled files, which find their SQL beside them. */
const measureTheBuild = {
  name: 'measure-the-build',
  setup(build) {
    build.onResolve({ filter: /^(\.\.\/)+(server|models)\// }, ({ path: name, resolveDir }) => ({
      path: `${path.join(root, 'build', path.relative(root, path.resolve(resolveDir, name)))}.js`,
      external: true,
    }));
  },
};

/** Runs tests/bench/NAME/main.ts with the words of the command line. */
async function runBench(name) {
  const out = path.join(root, `build/bench/${name}.js`);
  buildIfStale(root);
  await require('esbuild').build({
    entryPoints: [path.join(__dirname, name, 'main.ts')],
    outfile: out,
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [measureTheBuild],
    logLevel: 'warning',
  });
  await require(out).main(process.argv.slice(2), root);
}

/** Like `runBench`, as the whole of a process. */
module.exports.run = (name) => {
  runBench(name).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
};
