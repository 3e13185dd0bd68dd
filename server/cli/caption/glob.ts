import { readdir } from 'node:fs/promises';
import path from 'node:path';

const SPECIAL = /[*?[\]{}]/;
const MATCHES_NOTHING = /(?!)/;

/** True for words such as `photos/**\/*.jpg`, which a shell leaves alone when they are quoted. */
export function isGlob(word: string): boolean {
  return SPECIAL.test(word);
}

const escaped = (text: string) => text.replace(/[\\^$.|+()]/g, '\\$&');

/** One part of a path, between two slashes, as a regular expression. */
function partPattern(part: string): RegExp {
  let source = '';
  for (let at = 0; at < part.length; at += 1) {
    const character = part.charAt(at);
    const close = character === '[' ? part.indexOf(']', at + 2) : character === '{' ? part.indexOf('}', at) : -1;
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (character === '[' && close > 0)
      source += `[${part
        .slice(at + 1, close)
        .replace(/^!/, '^')
        .replace(/\\/g, '')}]`;
    else if (character === '{' && close > 0)
      source += `(?:${part
        .slice(at + 1, close)
        .split(',')
        .map(escaped)
        .join('|')})`;
    else source += escaped(character).replace(/[[\]{}]/, '\\$&');
    if (close > 0) at = close;
  }
  // As in a shell, a star does not find hidden files.
  return patternOf(`^${/^[*?[]/.test(part) ? '(?!\\.)' : ''}${source}$`);
}

function patternOf(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    // A range from z to a holds no character, and no name has one of none.
    return MATCHES_NOTHING;
  }
}

async function entriesOf(folder: string): Promise<{ name: string; isFolder: boolean }[]> {
  try {
    const entries = await readdir(folder === '' ? '.' : folder, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch {
    // A folder that is not there, or may not be read, holds nothing that matches.
    return [];
  }
}

async function matches(folder: string, [part, ...rest]: readonly string[]): Promise<string[]> {
  if (part === undefined) return [];
  const found: string[] = [];
  if (part === '**') found.push(...(await matches(folder, rest)));
  const pattern = part === '**' ? /^[^.]/ : partPattern(part);
  for (const { name, isFolder } of await entriesOf(folder)) {
    if (!pattern.test(name)) continue;
    const full = path.join(folder, name);
    if (part === '**') {
      if (isFolder) found.push(...(await matches(full, [part, ...rest])));
      else if (rest.length === 0) found.push(full);
    } else if (rest.length === 0) found.push(full);
    else if (isFolder) found.push(...(await matches(full, rest)));
  }
  return found;
}

/** Files and folders that a pattern stands for, sorted: `*` `?` `[…]` `{a,b}`, and `**` for any folders. */
export async function expandGlob(pattern: string): Promise<string[]> {
  const { root } = path.parse(pattern);
  const parts = pattern
    .slice(root.length)
    .split(/[\\/]/)
    .filter((part) => part !== '');
  return [...new Set(await matches(root, parts))].sort();
}
