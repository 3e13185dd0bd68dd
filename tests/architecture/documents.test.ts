import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { generatedPages } from '../../server/cli/docs';
import { Environment, SECRETS } from '../../server/config';
import { CATALOGUE } from '../../server/errors';
import { deadLinks, firstColumn, undocumented } from './rules/documents';
import { readSourceTree, ROOT } from './source-tree';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

test('docs/errors.md lists the error catalogue, no more and no less', () => {
  const inDocument = firstColumn(read('docs/errors.md'));
  expect(undocumented(Object.keys(CATALOGUE), inDocument, 'docs/errors.md')).toEqual([]);
});

test('docs/configuration.md lists the settings, no more and no less', () => {
  const settings = [...Object.keys(Environment.shape), ...SECRETS.map((name) => `${name}_FILE`)];
  const inDocument = firstColumn(read('docs/configuration.md')).filter((name) => name.startsWith('ALTSMITH_'));
  expect(undocumented(settings, inDocument, 'docs/configuration.md')).toEqual([]);
});

test.each(Object.entries(generatedPages()))('%s is as generated', (file, text) => {
  // When this fails: npm run docs:gen
  expect(read(file)).toBe(text);
});

test('only server/config.ts reads the environment', () => {
  const tree = readSourceTree((file) => /^(server|models)\/.*\.ts$/.test(file));
  // Setting a variable for a library is not reading one.
  const reads = /process\.env\b(?!\['\w+'\] = )/;
  const readers = [...tree].filter(([, text]) => reads.test(text)).map(([file]) => file);
  // It is handed in by whoever starts a process: the commands, and the parent of the worker process. The console is
  // for browsers; `process.env` stands there only in the examples it shows.
  expect(
    readers.filter((file) => !/^server\/(cli\/|config\.ts$|main\.ts$|captioning\/worker-|console\/)/.test(file)),
  ).toEqual([]);
});

test('the index of the documents names every document', () => {
  const pages = [...readSourceTree((file) => /^docs\/[^/]+\.md$/.test(file)).keys()].map((file) => path.basename(file));
  const index = read('docs/README.md');
  expect(pages.filter((page) => page !== 'README.md' && !index.includes(`](${page})`))).toEqual([]);
});

test('no document links to a file that is not there', () => {
  const documents = readSourceTree((file) => file.endsWith('.md'));
  const exists = (file: string) => existsSync(path.join(ROOT, decodeURIComponent(file)));
  expect([...documents].flatMap(([file, text]) => deadLinks(file, text, exists))).toEqual([]);
});

describe('the comparison finds', () => {
  test('a name that is only in the code, and one that is only in the document', () => {
    const table = firstColumn('| code | status |\n| --- | --- |\n| `KEPT` | 400 |\n| `GONE` | 400 |\n');
    expect(undocumented(['KEPT', 'NEW'], table, 'x.md')).toEqual([
      'x.md does not mention NEW',
      'x.md mentions GONE, which is gone',
    ]);
  });

  test('a link that leads nowhere', () => {
    const text = '[a](api.md) [b](../README.md#start) [c](https://example.org) [d](adr/0001.md)';
    const exists = (file: string) => ['docs/api.md', 'README.md'].includes(file);
    expect(deadLinks('docs/README.md', text, exists)).toEqual([
      'docs/README.md links to adr/0001.md, which is not there',
    ]);
  });
});
