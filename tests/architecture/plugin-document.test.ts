import { readFileSync } from 'node:fs';
import path from 'node:path';
import { undocumented } from './rules/documents';
import { describedHooks, hookedInto, hookTable, namedTests, offeredHooks } from './rules/plugin-hooks';
import { readSourceTree, ROOT } from './source-tree';

const DOCUMENT = 'docs/wordpress.md';
const document = readFileSync(path.join(ROOT, DOCUMENT), 'utf8');
const classes = readSourceTree((file) => /^plugin\/includes\/.*\.php$/.test(file));
const tests = readSourceTree((file) => /^tests\/php\/.*Test\.php$/.test(file));

test('every hook that the plugin offers is described in docs/wordpress.md, and back', () => {
  const offered = [...new Set([...classes.values()].flatMap(offeredHooks))];
  expect(undocumented(offered, describedHooks(document), DOCUMENT)).toEqual([]);
});

test('every hook that a class adds itself to stands beside its name in docs/wordpress.md, and back', () => {
  const told = hookTable(document, 'Where it hooks into WordPress');
  const found = [...classes]
    .map(
      ([file, php]) =>
        [file.slice('plugin/includes/'.length, -'.php'.length).replaceAll('/', '\\'), hookedInto(php)] as const,
    )
    .filter(([, hooks]) => hooks.length > 0);
  const lines = (entries: Iterable<readonly [string, readonly string[]]>) =>
    [...entries].flatMap(([name, hooks]) => hooks.map((hook) => `${name} ${hook}`));
  expect(undocumented(lines(found), lines(told), DOCUMENT)).toEqual([]);
});

test('every state stands in docs/wordpress.md with the word people see, and back', () => {
  const words = classes.get('plugin/includes/Review/Status_Words.php') ?? '';
  const inCode = [...words.matchAll(/'([a-z]+)'\s*=> array\( __\( '([^']+)'/g)].map(
    ([, state, label]) => `${state} ${label}`,
  );
  const [, section = ''] = document.split('## States\n');
  const [table = ''] = section.split('\n## ');
  const told = [...table.matchAll(/^\| `([a-z]+)`\s*\| ([^|]+?)\s*\|/gm)].map(
    ([, state, label]) => `${state} ${label}`,
  );
  expect(inCode.length).toBeGreaterThan(10);
  expect(undocumented(inCode, told, DOCUMENT)).toEqual([]);
});

test('every test that docs/wordpress.md names as proof exists', () => {
  const named = namedTests(document);
  expect(named.length).toBeGreaterThan(15);
  const isThere = ({ className, method }: { className: string; method: string }) =>
    [...tests].some(([file, php]) => path.basename(file) === `${className}.php` && php.includes(`function ${method}(`));
  expect(named.filter((one) => !isThere(one))).toEqual([]);
});

test('every route and command of the plugin is named in docs/wordpress.md', () => {
  const rights = readFileSync(path.join(ROOT, 'tests/php/Rest/Route_RightsTest.php'), 'utf8');
  const routes = [...rights.matchAll(/'(?:GET|POST) \/altsmith\/v1\/([a-z]+)/g)].map(([, name = '']) => name);
  const commands = [
    ...readSourceTree((file) => /^plugin\/includes\/Cli\/.*_Command\.php$/.test(file)).values(),
  ].flatMap((php) =>
    [...php.matchAll(/(?:@subcommand (\w+)[\s\S]*?)?\tpublic function ([a-z]\w+)\(/g)].map(
      ([, given, name = '']) => given ?? name,
    ),
  );
  const missing = (names: readonly string[], shown: (name: string) => RegExp) =>
    [...new Set(names)].filter((name) => !shown(name).test(document));
  expect(missing(routes, (name) => new RegExp(`\`(GET|POST) /${name}\\b`))).toEqual([]);
  expect(missing(commands, (name) => new RegExp(`^\\| \`wp altsmith.*\\b${name}\\b`, 'm'))).toEqual([]);
});

test('the readers of PHP and Markdown find what they are for', () => {
  expect(
    hookedInto(
      `add_action( 'init', $x ); add_filter( 'admin_post_' . self::A, $y ); add_action( Plugin::CRON_HOOK, $z );`,
    ),
  ).toEqual(['init', 'admin_post_…', 'altsmith_sync']);
  expect(offeredHooks(`apply_filters( 'altsmith_a', 1 ); do_action( 'init' );`)).toEqual(['altsmith_a']);
  expect(hookTable('## T\n\n| `A\\B` | `one`, `two` |\n', 'T').get('A\\B')).toEqual(['one', 'two']);
  expect(undocumented(['A one'], ['A two'], 'x')).toHaveLength(2);
});
