import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface Found {
  readonly text: string | null;
  readonly plural?: string;
  readonly context?: string;
  readonly comment?: string;
  readonly line: number;
}
type Read = (source: string, domain: string) => Found[];

// Plain Node scripts, which the type checker does not read.
const { phpStrings } = jest.requireActual<{ phpStrings: Read }>('../../../plugin/bin/php-strings.js');
const { jsStrings } = jest.requireActual<{ jsStrings: Read }>('../../../plugin/bin/js-strings.js');
const { zip } = jest.requireActual<{ zip: (files: { name: string; bytes: Buffer }[]) => Buffer }>(
  '../../../plugin/bin/zip-file.js',
);

describe('the strings of a PHP file', () => {
  const texts = (code: string) => phpStrings(`<?php\n${code}`, 'altsmith').map((one) => one.text);

  test('are found in every function of translation, with plural and context', () => {
    expect(phpStrings("<?php\necho _n( 'one', 'many', $n, 'altsmith' ), _x( 'post', 'verb', 'altsmith' );", 'altsmith')).toEqual([
      { text: 'one', plural: 'many', line: 2 },
      { text: 'post', context: 'verb', line: 2 },
    ]);
    expect(texts("esc_html__( 'a', 'altsmith' ); esc_attr_e( 'b', 'altsmith' );")).toEqual(['a', 'b']);
  });

  test('carry the note for translators that stands above them', () => {
    const code = "<?php\n/* translators: %s: a name */\nsprintf( __( 'Hello %s', 'altsmith' ), $who );\n\n\n__( 'x', 'altsmith' );";
    expect(phpStrings(code, 'altsmith')).toMatchObject([{ comment: '%s: a name' }, { text: 'x' }]);
    expect(phpStrings(code, 'altsmith')[1]).not.toHaveProperty('comment');
  });

  test('are not found in comments, strings, other domains or definitions', () => {
    const code = `// __( 'a', 'altsmith' )
      # __( 'b', 'altsmith' )
      /* __( 'c', 'altsmith' ) */ $x = "__( 'd', 'altsmith' )"; __( 'e' ); __( 'f', 'other' );
      function __( $a, $b ) {} $this->__( 'g', 'altsmith' );
      $y = <<<TEXT
      __( 'h', 'altsmith' )
      TEXT;
      __( 'found', 'altsmith' );`;
    expect(texts(code)).toEqual(['found']);
  });

  test('keep quotes, escapes and attributes of PHP apart', () => {
    expect(texts(`#[Pure]\n__( 'It\\'s a \\\\ "test"', 'altsmith' ); __( "tab\\tend", 'altsmith' );`)).toEqual([
      `It's a \\ "test"`,
      'tab\tend',
    ]);
  });

  test('are reported when they are put together while the program runs', () => {
    expect(phpStrings("<?php __( 'a' . 'b', 'altsmith' ); __( \"a $b\", 'altsmith' );", 'altsmith')).toMatchObject([
      { text: null },
      { text: null },
    ]);
  });
});

describe('the strings of a built script', () => {
  test('are found however the minifier calls the function', () => {
    const code = `(0,i.__)("one","altsmith");i.__("two","altsmith");__("three","altsmith");(0,e._n)("%d cat","%d cats",n,"altsmith")`;
    expect(jsStrings(code, 'altsmith')).toMatchObject([
      { text: 'one' },
      { text: 'two' },
      { text: 'three' },
      { text: '%d cat', plural: '%d cats' },
    ]);
  });

  test('of bundled packages are left out, and notes for translators are kept', () => {
    const code = `(0,i.__)("theirs");(0,i.sprintf)(/* translators: %s: a file */(0,i.__)("Open %s","altsmith"),f)`;
    expect(jsStrings(code, 'altsmith')).toMatchObject([{ text: 'Open %s', comment: '%s: a file' }]);
  });
});

test('the archive opens elsewhere, holds the very bytes, and is the same every time', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-zip-'));
  try {
    const files = [
      { name: 'altsmith/b.txt', bytes: Buffer.from('é\n'.repeat(5000)) },
      { name: 'altsmith/a/empty.txt', bytes: Buffer.alloc(0) },
    ];
    const archive = zip(files);
    expect(zip([...files].reverse())).toEqual(archive);
    writeFileSync(path.join(folder, 'x.zip'), archive);
    execFileSync('python3', ['-m', 'zipfile', '-e', path.join(folder, 'x.zip'), folder]);
    expect(readFileSync(path.join(folder, 'altsmith/b.txt'), 'utf8')).toBe('é\n'.repeat(5000));
    expect(readFileSync(path.join(folder, 'altsmith/a/empty.txt')).length).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
