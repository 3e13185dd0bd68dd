/** One claim of a document: words of a test's title, and the file it stands in. */
export interface Proof {
  readonly file: string;
  readonly title: string;
}

/** Every `` `file` › title · title `` of the last column of the tables. A title belongs to the file before it. */
export function proofsIn(markdown: string): Proof[] {
  const cells = markdown
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`tests/'))
    .map((line) => line.split(' | ').at(-1) ?? '');
  return cells.flatMap((cell) => {
    let file = '';
    return cell
      .replace(/\s*\|\s*$/, '')
      .split(' · ')
      .map((part) => {
        const [, named, rest] = /^`(tests\/[^`]+)` › (.+)$/.exec(part) ?? [];
        file = named ?? file;
        return { file, title: rest ?? part };
      });
  });
}

/** Rows of tables that claim something and prove nothing. */
export function unproven(markdown: string): string[] {
  const chapter = /^## What happens if[^]*?(?=^## )/m.exec(markdown)?.[0] ?? '';
  return chapter
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|if …)/.test(line))
    .filter((line) => !/\| `tests\/[^`]+` › [^|]+\|$/.test(line));
}
