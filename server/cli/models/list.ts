import { existsSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST_FILE } from '../../../models/blip/manifest';
import { locateModel, PRECISIONS } from '../../../models/locate-model';
import { knownModels, type KnownModel } from '../../../models/registry';
import { COMMON_OPTIONS, parseWords } from './words';

export const LIST_HELP = `Usage: altsmith models list [--json]

Shows the models that are known, and those that are here.
`;

interface Line {
  readonly id: string;
  readonly title: string;
  readonly licence: string;
  readonly demonstration: boolean;
  readonly answers_questions: boolean;
  /** Bytes of the download; 0 for the model that ships. */
  readonly download_bytes: number;
  /** What is here, ready to use. */
  readonly precisions: readonly string[];
  readonly in_use: boolean;
}

function lineOf(model: KnownModel, pulled: string, used: string): Line {
  const folders = PRECISIONS.map((precision) => ({ precision, folder: path.join(pulled, model.id, precision) }));
  const here = folders.filter(({ folder }) => existsSync(path.join(folder, MANIFEST_FILE)));
  const shipped = model.source === null ? locateModel(model.id, pulled) : null;
  return {
    id: model.id,
    title: model.title,
    licence: model.licence,
    demonstration: model.demonstration,
    answers_questions: model.answers_questions,
    download_bytes: model.source?.files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) ?? 0,
    precisions: here.map(({ precision }) => precision),
    in_use: here.some(({ folder }) => path.resolve(folder) === used) || shipped === used,
  };
}

function textOf(line: Line): string {
  const mark = line.in_use ? '*' : ' ';
  const size = `${(line.download_bytes / 1e9).toFixed(1)} GB`;
  const state = line.download_bytes === 0 ? 'ships' : line.precisions.join(', ') || `not pulled (${size})`;
  return `${mark} ${line.id.padEnd(14)} ${state.padEnd(22)} ${line.title}\n`;
}

/** `altsmith models list`. */
export function list(args: string[], pulled: string): number {
  const { values } = parseWords({ args, options: COMMON_OPTIONS });
  if (values.help) {
    process.stdout.write(LIST_HELP);
    return 0;
  }
  const used = locateModel(null, pulled);
  const lines = knownModels().map((model) => lineOf(model, pulled, used));
  if (values.json) process.stdout.write(`${JSON.stringify({ items: lines })}\n`);
  else
    process.stdout.write(
      `${lines.map(textOf).join('')}\n* is what captions are made with when nothing else is named.\n`,
    );
  return 0;
}
