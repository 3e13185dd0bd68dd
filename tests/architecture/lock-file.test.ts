import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './source-tree';

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Packages = Readonly<Record<string, Entry>>;

/** `npm ci` refuses a lock file without the optional packages of other systems, and npm may leave them out when it writes it. */
function missingOptionals(packages: Packages): string[] {
  return Object.entries(packages).flatMap(([place, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !isFound(packages, place, name))
      .map((name) => `${name}, wanted by ${place}`),
  );
}

/** Looks where Node would: in the package's own folder, then in each folder above. */
function isFound(packages: Packages, place: string, name: string): boolean {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

test('the lock file names the optional packages of every system', () => {
  const lock: { packages: Packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
  expect(missingOptionals(lock.packages)).toEqual([]);
});

test('a forgotten one is found', () => {
  const packages = {
    'node_modules/sharp': { optionalDependencies: { 'sharp-linux': '1.0.0', 'sharp-darwin': '1.0.0' } },
    'node_modules/sharp-linux': { version: '1.0.0' },
  };
  expect(missingOptionals(packages)).toEqual(['sharp-darwin, wanted by node_modules/sharp']);
});
