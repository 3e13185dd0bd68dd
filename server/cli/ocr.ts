import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileProblem } from '../../models/file-problem';
import { ModelError } from '../../models/model-error';
import { OCR_FOLDER, OCR_LANGUAGES, ocrLanguage, ocrLanguagesHere } from '../../models/ocr/languages-here';
import { readConfig } from '../config';
import { runCommand, UsageError, type Say, type Words } from './command';
import { keepAction } from './kept-action';
import { pullOcrLanguage } from './ocr/pull';

const HELP = `Usage: altsmith ocr <what>

Words in pictures are read on this machine, in the languages of a site that are here. English is here from the start.

  list              the languages whose words can be read, with size and licence of their data
  pull LANGUAGE…    download the data of a language, through npm and its settings

A language is a BCP 47 tag such as de or pt-BR; WordPress's names (de_DE_formal) are understood.

  --from FOLDER     take the npm package (PACKAGE-VERSION.tgz, as "npm pack" names it) from this folder instead of the network
  --json            one JSON object
`;

const NAMES = new Intl.DisplayNames('en', { type: 'language' });

function list(folder: string, say: Say): number {
  const here = ocrLanguagesHere(folder);
  const items = OCR_LANGUAGES.map(({ language, package: name, version, bytes, sha256, licence, ...one }) => ({
    ...{ language, name: NAMES.of(language) ?? language, package: name, version, bytes, sha256, licence },
    here: here.some(({ code }) => code === one.code),
  }));
  const lines = items.map(
    (one) =>
      `${one.here ? '*' : ' '} ${one.language.padEnd(8)} ${one.name.padEnd(22)} ${(one.bytes / 1e6).toFixed(1)} MB  ${one.licence}`,
  );
  say({ items }, [...lines, '* is here.']);
  return 0;
}

async function pull({ positionals, text }: Words, folder: string, say: Say): Promise<number> {
  const wanted = positionals.slice(1);
  if (wanted.length === 0) throw new UsageError('Name a language such as de or pt-BR.');
  const pulled: string[] = [];
  for (const word of wanted) {
    const one = ocrLanguage(word.replaceAll('_', '-').replace(/-(?:formal|informal)$/, ''));
    if (one === null) {
      throw new ModelError(
        'LANGUAGE_NOT_POSSIBLE',
        `No data is known that reads words in "${word}"; "altsmith ocr list" names the languages there are.`,
      );
    }
    await pullOcrLanguage(one, folder, text('from') ?? null);
    await keepAction('ocr pull', one.language, []);
    pulled.push(one.language);
  }
  say({ pulled }, [
    `Words in pictures are read in: ${pulled.join(', ')}, in pictures that are captioned from now on. Those captioned before keep the words they have.`,
  ]);
  return 0;
}

function report(error: unknown, json: boolean): number {
  const problem = fileProblem(error) ?? error;
  if (!(problem instanceof ModelError)) throw problem;
  const { code, message } = problem;
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  else process.stderr.write(`${message} (${code})\n`);
  return 1;
}

/** `altsmith ocr`: exit code 0 only if all went well, 2 for wrong words. */
export async function run(args: string[]): Promise<number> {
  const folder = path.join(readConfig(process.env).dataDir, OCR_FOLDER);
  const work = (words: Words, say: Say) => {
    const [what] = words.positionals;
    if (what === 'list') return list(folder, say);
    if (what !== 'pull')
      throw new UsageError(what === undefined ? 'Say what: list or pull.' : `There is no "altsmith ocr ${what}".`);
    mkdirSync(folder, { recursive: true });
    return pull(words, folder, say);
  };
  try {
    return await runCommand({ help: HELP, options: { from: { type: 'string' } }, work }, args);
  } catch (error) {
    return report(error, args.includes('--json'));
  }
}
