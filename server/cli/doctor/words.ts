import path from 'node:path';
import { ModelError } from '../../../models/model-error';
import { loadLanguage, OCR_FOLDER, ocrLanguagesHere } from '../../../models/ocr/languages-here';
import { Tesseract } from '../../../models/ocr/tesseract';
import { note, ok, type Finding, type Ground } from './check';

/** The packages are optional ones: an installation may lack them and is sound all the same. */
const INSTALL =
  'Run "npm install" where Altsmith lies: tesseract.js-core and @tesseract.js-data/eng belong to it. Pictures are captioned without them.';

/** Whether the words in pictures can be read, and in which languages. Captions need none of it, so what is missing is no problem. */
export async function lookAtWords({ config }: Ground): Promise<readonly Finding[]> {
  if (!config.readWords) return [ok('Words in pictures are not read: ALTSMITH_READ_WORDS is off.')];
  if (config.workers === 0) return [ok('Words in pictures are read by the workers elsewhere, in the languages there.')];
  const folder = path.join(config.dataDir, OCR_FOLDER);
  const here = ocrLanguagesHere(folder);
  if (here.length === 0) return [note('Words in pictures cannot be read: the data of no language is here.', INSTALL)];
  try {
    const [first] = here.map((one) => loadLanguage(folder, one));
    if (first !== undefined) (await Tesseract.open([first])).close();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return [note(error.message, error.code === 'MODEL_FILE_DAMAGED' ? undefined : INSTALL)];
  }
  return [ok(`Words in pictures are read in: ${here.map(({ language }) => language).join(', ')}.`)];
}
