/** Differences between what the code has and what a document lists, in both directions. */
export function undocumented(inCode: readonly string[], inDocument: readonly string[], document: string): string[] {
  return [
    ...inCode.filter((name) => !inDocument.includes(name)).map((name) => `${document} does not mention ${name}`),
    ...inDocument.filter((name) => !inCode.includes(name)).map((name) => `${document} mentions ${name}, which is gone`),
  ];
}

/** Names in the first column of a Markdown table, written as code. */
export function firstColumn(markdown: string): string[] {
  return [...markdown.matchAll(/^\| `([A-Z][A-Z0-9_]+)`/gm)].map((match) => match[1] ?? '');
}

/** Links to files that are not there. Addresses and anchors are left alone. */
export function deadLinks(document: string, markdown: string, exists: (file: string) => boolean): string[] {
  const folder = document.includes('/') ? document.slice(0, document.lastIndexOf('/') + 1) : '';
  return [...markdown.matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z]+:/i.test(target))
    .filter((target) => !exists(new URL(folder + target, 'file:///').pathname.slice(1)))
    .map((target) => `${document} links to ${target}, which is not there`);
}
