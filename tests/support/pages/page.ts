import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../packed';

/** A command of a page, and the lines that the page shows below it. */
export interface Step {
  readonly command: string;
  readonly shown: readonly string[];
}

/** The sections of a page of docs/install: what stands in bold before a block of commands, to its blocks. The first is called Install. */
export function readPage(name: string): ReadonlyMap<string, readonly (readonly Step[])[]> {
  return sectionsOf(readFileSync(path.join(ROOT, 'docs/install', `${name}.md`), 'utf8'));
}

export function sectionsOf(text: string): ReadonlyMap<string, readonly (readonly Step[])[]> {
  const sections = new Map<string, Step[][]>();
  let section = 'Install';
  for (const [, title, block] of text.matchAll(/^\*\*([^*]+?)[.:]?\*\*|^```console\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) section = title;
    else sections.set(section, [...(sections.get(section) ?? []), stepsOf(block ?? '')]);
  }
  return sections;
}

function stepsOf(block: string): Step[] {
  const steps: { command: string; shown: string[] }[] = [];
  for (const line of block.trimEnd().split('\n')) {
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), shown: [] });
    else if (line === '^C') steps.push({ command: '^C', shown: [] });
    else steps.at(-1)?.shown.push(line);
  }
  return steps;
}

/** What differs from machine to machine and from time to time: numbers, one-time codes, and the tests' own hub. */
function masked(text: string): string {
  return text
    .replace(/\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b/g, 'CODE')
    .replace(/\d+(\.\d+)?/g, '#')
    .replace(/MB from #.#:#/g, 'MB from huggingface.co')
    .replace(/\bin #[sm]\b/g, 'in #');
}

/**
 * Whether a page shows the truth: `…` stands for any text, and as a line of its own for any lines. Null, or the first line of the page that was
 * not said in its turn.
 */
export function firstUntrue(shown: readonly string[], said: string): string | null {
  const lines = masked(said)
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
  let at = 0;
  let mayLeaveOut = false;
  for (const line of shown) {
    if (line.trim() === '…') {
      mayLeaveOut = true;
      continue;
    }
    const pattern = patternOf(line);
    const found = lines.findIndex((one, index) => index >= at && pattern.test(one));
    if (found < 0 || (!mayLeaveOut && found > at)) return line;
    at = found + 1;
    mayLeaveOut = false;
  }
  return mayLeaveOut || at === lines.length || lines.slice(at).every((line) => line === '')
    ? null
    : `(the end, but ${lines[at] ?? ''})`;
}

function patternOf(line: string): RegExp {
  const parts = masked(line.trimEnd()).split('…');
  return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
}
