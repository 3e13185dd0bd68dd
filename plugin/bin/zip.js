'use strict';
// `npm run zip`: builds the plugin's scripts, collects its strings, and writes build/altsmith-VERSION.zip, which WordPress
// installs under Plugins → Add New → Upload. `--no-build` takes the scripts as they are.
const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { writeCompiled } = require('./languages');
const { makePot } = require('./pot');
const { zip } = require('./zip-file');

const plugin = path.resolve(__dirname, '..');
const root = path.resolve(plugin, '..');

/** What a site needs, and the sources of the built scripts with what builds them, which the plugin directory asks for. Everything else stays at home. */
const SHIPPED = [
  'altsmith.php',
  'uninstall.php',
  'readme.txt',
  'LICENSE',
  'includes',
  'build',
  'languages',
  'src',
  'webpack.config.js',
  'bin/dataviews.js',
  'bin/dataviews-stand-ins.js',
];

function shippedFiles() {
  return SHIPPED.flatMap((name) => {
    const start = path.join(plugin, name);
    if (!existsSync(start)) throw new Error(`plugin/${name} is missing`);
    if (statSync(start).isFile()) return [name];
    return readdirSync(start, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile() && !one.name.startsWith('.') && !one.name.endsWith('.map'))
      .map((one) => path.relative(plugin, path.join(one.parentPath ?? one.path, one.name)));
  });
}

/** The package.json of the archive: with it "npm install" and "npm run build" make the scripts from the sources, with the packages that made them here. */
function packageJson() {
  const { devDependencies, dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const names = Object.keys({ ...devDependencies, ...dependencies }).filter((name) => /^(@wordpress\/.*|@types\/react.*|esbuild|react|react-dom|typescript)$/.test(name));
  const versions = names.sort().map((name) => [name, packages[`node_modules/${name}`].version]);
  const content = {
    name: 'altsmith-plugin',
    private: true,
    scripts: { build: 'wp-scripts build --config webpack.config.js' },
    devDependencies: Object.fromEntries(versions),
  };
  return Buffer.from(`${JSON.stringify(content, null, 2)}\n`);
}

/** The version stands in three places that people read; they must agree. */
function version() {
  const main = readFileSync(path.join(plugin, 'altsmith.php'), 'utf8');
  const readme = readFileSync(path.join(plugin, 'readme.txt'), 'utf8');
  const found = [
    /^ \* Version:\s*(\S+)/m.exec(main)?.[1],
    /'ALTSMITH_VERSION', '([^']+)'/.exec(main)?.[1],
    /^Stable tag:\s*(\S+)/m.exec(readme)?.[1],
  ];
  if (found[0] === undefined || new Set(found).size !== 1) throw new Error(`versions differ: ${found.join(', ')}`);
  return found[0];
}

/** From the sources: what lies in build/ may be older. */
function build() {
  // Another NODE_ENV of the shell would make scripts for development.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status } = spawnSync('npm', ['run', '--silent', 'build:plugin'], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('npm run build:plugin failed');
}

/** All of it at once, or nothing: somebody else may be making the same archive. The name with a dot is never shipped. */
function writeWhole(file, bytes) {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(draft, bytes);
  renameSync(draft, file);
}

function main() {
  if (!process.argv.includes('--no-build')) build();
  const pot = makePot(plugin);
  writeWhole(path.join(plugin, 'languages/altsmith.pot'), pot.text);
  writeCompiled();
  const files = shippedFiles().map((name) => ({
    name: `altsmith/${name.split(path.sep).join('/')}`,
    bytes: readFileSync(path.join(plugin, name)),
  }));
  files.push({ name: 'altsmith/package.json', bytes: packageJson() });
  const target = path.join(root, 'build', `altsmith-${version()}.zip`);
  const archive = zip(files);
  writeWhole(target, archive);
  const relative = path.relative(root, target);
  console.log(`${relative}: ${files.length} files, ${Math.ceil(archive.length / 1024)} KiB, ${pot.count} strings`);
}

main();
