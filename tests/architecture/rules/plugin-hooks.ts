/** What a constant or a variable stands for where a hook's name is not written out. */
const NAMES: Readonly<Record<string, string>> = {
  'Plugin::CRON_HOOK': 'altsmith_sync',
  '"render_block_$block"': 'render_block_…',
};

/** The hooks of WordPress that a PHP file adds something to, in order, each once. A name that is put together ends in "…". */
export function hookedInto(php: string): string[] {
  const calls = [...php.matchAll(/add_(?:action|filter)\(\s*('([a-z_/-]+)'( \.)?|[A-Za-z_:]+|"[^"]+")/g)];
  const names = calls.map(([, argument = '', literal = '', more]) =>
    literal === '' ? (NAMES[argument] ?? argument) : `${literal}${more === undefined ? '' : '…'}`,
  );
  return [...new Set(names)];
}

/** The plugin's own hooks that a PHP file offers to others. */
export function offeredHooks(php: string): string[] {
  return [...php.matchAll(/(?:apply_filters|do_action)\(\s*'(altsmith_[a-z_]+)'/g)].map(([, name = '']) => name);
}

/** The names of classes and hooks in the table below a heading: class in the first column, hooks in the second. */
export function hookTable(markdown: string, heading: string): Map<string, string[]> {
  const [, section = ''] = markdown.split(`## ${heading}\n`);
  const rows = [...section.matchAll(/^\| `([A-Za-z_\\]+)` \| (.*) \|$/gm)];
  return new Map(
    rows.map(([, name = '', hooks = '']) => [name, [...hooks.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one)]),
  );
}

/** Hooks that have a paragraph of their own: their name in bold at its beginning. */
export function describedHooks(markdown: string): string[] {
  return [...markdown.matchAll(/^\*\*`(altsmith_[a-z_]+)`\*\* \((?:filter|action)\) `/gm)].map(([, name = '']) => name);
}

/** Tests that a document names as proof, as `ClassTest::test_name`. */
export function namedTests(markdown: string): { className: string; method: string }[] {
  return [...markdown.matchAll(/`([A-Za-z_]+Test)::(test_[a-z0-9_]+)`/g)].map(([, className = '', method = '']) => ({
    className,
    method,
  }));
}
