import type { SourceTree } from '../source-tree';

const LONGEST = 300;
const CODE = /\.(ts|tsx|js|cjs|mjs|php|py|css|sh)$/;

/** Code files over the limit. Split by idea, never into "part two". */
export function tooLong(tree: SourceTree): string[] {
  return [...tree]
    .filter(([file]) => CODE.test(file))
    .map(([file, text]) => ({ file, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0) }))
    .filter(({ lines }) => lines > LONGEST)
    .map(({ file, lines }) => `${file} has ${lines} lines; the limit is ${LONGEST}`);
}

const VAGUE = /(^|\/)(utils?|helpers?|common|misc)(\/|\.[a-z]+$)/;
const BARREL = /^(server|models)\/(?!cli\/).*\bindex\.ts$/;

/** Names that say nothing, and files that only pass on what others export. */
export function vagueNames(tree: SourceTree): string[] {
  return [...tree.keys()]
    .filter((file) => /^(server|models|tests|plugin\/(src|includes))\//.test(file))
    .filter((file) => VAGUE.test(file.toLowerCase()) || BARREL.test(file))
    .map((file) => `${file}: name the idea`);
}

const TRACES: readonly { what: string; pattern: RegExp }[] = [
  { what: 'a path of one machine', pattern: /(^|[\s"'`=:(])\/(root|work)\/[\w.-]/m },
  { what: 'a home folder', pattern: /\/home\/[a-z]/ },
  { what: 'a registry address', pattern: /registry\.(npmjs|yarnpkg)|files\.pythonhosted/ },
  { what: 'a download address in the lock file', pattern: /"resolve[d]":/ },
  // The name is not owned yet: outside a checkout npx would fetch and run a stranger's package.
  { what: 'a call of altsmith by npx', pattern: /npx altsmit[h]/ },
  { what: 'a private key', pattern: /-----BEGIN ([A-Z]+ )?PRIVATE KEY/ },
];

/** Steps of a workflow that take an action by a name that its owner can give to other code: a commit's id stays what it is. */
export function movingActions(tree: SourceTree): string[] {
  return [...tree]
    .filter(([file]) => file.startsWith('.github/workflows/'))
    .flatMap(([, text]) => [...text.matchAll(/uses: (\S+)/g)].map((match) => match[1] ?? ''))
    .filter((action) => !/@[0-9a-f]{40}$/.test(action));
}

/** Traces of the machine the code was written on, and addresses that belong to a set-up rather than to the project. */
export function machineTraces(tree: SourceTree): string[] {
  return [...tree].flatMap(([file, text]) =>
    TRACES.filter(({ pattern }) => pattern.test(text)).map(({ what }) => `${file} holds ${what}`),
  );
}

/** Pictures without a line in LICENSES.md, and lines without their picture. */
export function licenceGaps(pictures: readonly string[], licences: string): string[] {
  const named = [...licences.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '');
  return [
    ...pictures.filter((file) => !named.includes(file)).map((file) => `${file} has no line in LICENSES.md`),
    ...named.filter((file) => !pictures.includes(file)).map((file) => `LICENSES.md names ${file}, which is not there`),
  ];
}

const META_KEY = '_wp_attachment_image_alt';

/** Statements that change rows of WordPress's meta table without its functions. */
const RAW_WRITE =
  /(UPDATE|DELETE FROM|INSERT INTO|REPLACE INTO)\s+\{\$wpdb->postmeta\}|->(insert|update|delete|replace)\(\s*\$wpdb->postmeta/;

const DEFINITION = new RegExp(`const\\s+(?:string\\s+)?(\\w+)\\s*=\\s*['"]${META_KEY}['"]`, 'g');

/** The ways in which a file can name the meta key: as it is, or through the constant of a class (named as its file). */
function namesOfKey(file: string, php: readonly (readonly [string, string])[]): string {
  const names = php.flatMap(([definer, text]) =>
    [...text.matchAll(DEFINITION)].flatMap(([, constant = '']) => {
      const owner = definer.slice(definer.lastIndexOf('/') + 1, -'.php'.length);
      return definer === file ? [`${owner}::${constant}`, `self::${constant}`] : [`${owner}::${constant}`];
    }),
  );
  return [META_KEY, ...names.map((name) => `\\b${name}\\b`)].join('|');
}

/** PHP files of the plugin that write the alt text. There may be exactly one. */
export function altTextWriters(tree: SourceTree): string[] {
  const php = [...tree].filter(([file]) => /^plugin\/.*\.php$/.test(file));
  return php
    .filter(([file, text]) => {
      const key = namesOfKey(file, php);
      const call = new RegExp(`\\b(?:update|add|delete)_(?:post_meta|metadata|metadata_by_mid)\\s*\\([^;]*?(?:${key})`);
      return call.test(text) || (new RegExp(key).test(text) && RAW_WRITE.test(text));
    })
    .map(([file]) => file);
}
