import { bytesOfFile, knownModels, type KnownModel, type SourceFile } from '../../../models/registry';
import { findPair, pairsHere, type Pair } from '../../translating/pairs';

/** A language, and a model that translates into it. */
export interface LanguageLine {
  readonly language: string;
  /** In English. */
  readonly name: string;
  readonly model: string;
  readonly title: string;
  readonly licence: string | null;
  readonly author: string | null;
  /** About that where the sizes of the files are not written down. */
  readonly download_bytes: number;
  readonly files: readonly SourceFile[];
  /** null: not pulled. */
  readonly precision: string | null;
  readonly in_use: boolean;
}

const NAMES = new Intl.DisplayNames('en', { type: 'language' });

function lineOf(
  language: string,
  model: KnownModel,
  { here, pulled }: { here: readonly Pair[]; pulled: string },
): LanguageLine {
  const pair = here.find((one) => one.model === model.id && one.to === language);
  const { source } = model;
  return {
    language,
    name: NAMES.of(language) ?? language,
    model: model.id,
    title: model.title,
    licence: model.licence,
    author: model.translation?.author ?? null,
    download_bytes: source?.files.reduce((sum, file) => sum + bytesOfFile(source, file), 0) ?? 0,
    files: source?.files ?? [],
    precision: pair?.precision ?? null,
    in_use: pair !== undefined && findPair(pulled, language)?.folder === pair.folder,
  };
}

function ownLine({ to, model, precision, folder }: Pair, pulled: string): LanguageLine {
  const nobody = { title: 'a model of your own', licence: null, author: null, download_bytes: 0, files: [] };
  const isUsed = findPair(pulled, to)?.folder === folder;
  return { language: to, name: NAMES.of(to) ?? to, model, ...nobody, precision, in_use: isUsed };
}

/** Every language of every translator that is known or here, by tag. */
export function languageLines(pulled: string): LanguageLine[] {
  const here = pairsHere(pulled);
  const known = knownModels().filter(({ translation }) => translation !== undefined);
  const lines = known.flatMap((model) =>
    (model.translation?.to ?? []).map((language) => lineOf(language, model, { here, pulled })),
  );
  const isListed = ({ to, model }: Pair) => lines.some((line) => line.language === to && line.model === model);
  const own = here.filter((pair) => !isListed(pair)).map((pair) => ownLine(pair, pulled));
  return [...lines, ...own].sort((a, b) => (a.language < b.language ? -1 : Number(a.language > b.language)));
}

/** The line for a person. */
export function textOf(line: LanguageLine): string {
  const size = `${(line.download_bytes / 1e9).toFixed(1)} GB`;
  const state = line.precision ?? `not pulled (${size})`;
  const whose = [line.licence, line.author].filter((part) => part !== null).join('; ');
  const about = whose === '' ? line.title : `${line.title} (${whose})`;
  return `${line.in_use ? '*' : ' '} ${line.language.padEnd(8)} ${line.name.padEnd(22)} ${state.padEnd(20)} ${line.model.padEnd(20)} ${about}`;
}
