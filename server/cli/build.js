'use strict';
// Compiles server/ and models/ to CommonJS under build/, file by file, so that a stack trace names the source's path.
// esbuild is a run-time dependency for this reason: a fresh clone needs no development tools to start.
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const FOLDERS = ['server', 'models'];
/** Read at run time from beside the compiled file. Model weights stay where they are. */
const COPIED = new Set(['.sql', '.html', '.css', '.svg', '.json']);
const SKIPPED = [path.join('models', 'mini'), path.join('models', 'training')];
/** Runs in a browser: bundled into build/console instead of compiled file by file. */
const CONSOLE = path.join('server', 'console');

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory())
      return SKIPPED.some((skipped) => file.endsWith(path.sep + skipped)) ? [] : filesBelow(file);
    return [file];
  });
}

/** Of names and contents: a copy, an image or a checkout gives the files other times and another folder, and needs no build. */
function stampOf(root, files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${path.relative(root, file).split(path.sep).join('/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** By rename, so that a process that runs from the build never reads half a file. */
function replaceIfChanged(file, content) {
  if (existsSync(file) && readFileSync(file).equals(content)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}.new`, content);
  renameSync(`${file}.${process.pid}.new`, file);
}

/** The console's one script, one style sheet and pictures, as [path, content]. */
function bundleConsole(root, files) {
  const out = path.join(root, 'build/console');
  const from = path.join(root, CONSOLE);
  const { outputFiles } = require('esbuild').buildSync({
    entryPoints: [path.join(from, 'main.tsx')],
    outfile: path.join(out, 'console.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
    write: false,
  });
  const pictures = files.filter((file) => ['.html', '.svg', '.jpg'].includes(path.extname(file)));
  return [
    ...outputFiles.map((file) => [file.path, Buffer.from(file.contents)]),
    ...pictures.map((file) => [path.join(out, path.relative(from, file)), readFileSync(file)]),
  ];
}

/** The sources, and whether the build is not of them. */
function compare(root) {
  const files = FOLDERS.flatMap((folder) => filesBelow(path.join(root, folder))).sort();
  const stamp = stampOf(root, files);
  const stampFile = path.join(root, 'build/.stamp');
  return { files, stamp, stampFile, stale: !existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp };
}

/** Builds unless the sources are exactly those of the last build; then it writes nothing. Returns whether it built. */
function buildIfStale(root) {
  const { files, stamp, stampFile, stale } = compare(root);
  if (!stale) return false;
  const out = path.join(root, 'build');
  const isOfConsole = (file) => file.startsWith(path.join(root, CONSOLE) + path.sep);
  const compiled = require('esbuild').buildSync({
    entryPoints: files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !isOfConsole(file)),
    outdir: out,
    outbase: root,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
    write: false,
  });
  const outputs = new Map(compiled.outputFiles.map((file) => [file.path, Buffer.from(file.contents)]));
  for (const file of files.filter((name) => COPIED.has(path.extname(name)) && !isOfConsole(name))) {
    outputs.set(path.join(out, path.relative(root, file)), readFileSync(file));
  }
  for (const [file, content] of bundleConsole(root, files.filter(isOfConsole))) outputs.set(file, content);
  for (const [file, content] of outputs) replaceIfChanged(file, content);
  const built = FOLDERS.flatMap((folder) => filesBelow(path.join(out, folder)));
  for (const file of built) if (!outputs.has(file)) rmSync(file, { force: true });
  writeFileSync(stampFile, stamp);
  return true;
}

module.exports = { buildIfStale, isStale: (root) => compare(root).stale };
if (require.main === module) buildIfStale(path.resolve(__dirname, '../..'));
