import { readManifest } from '../../../models/model-folder/manifest';
import { chooseModel, locateModel } from '../../../models/locate-model';
import { ModelError } from '../../../models/model-error';
import { OPENAI_COMPATIBLE } from '../../../models/openai-compatible/model-server';
import { COMMON_OPTIONS, onlyWord, parseWords } from './words';

export const USE_HELP = `Usage: altsmith models use ID[/PRECISION] [--json]

Captions are made with this model, unless ALTSMITH_MODEL or --model name another. A running sidecar changes over within
seconds, without a restart. Examples:
  altsmith models use blip-base
  altsmith models use blip-base/fp32
  altsmith models use mini
`;

const ONLY_ANSWERS = `It only answers questions: while it is in use no picture gets a caption, and uploads wait.
`;

/** `altsmith models use`. Throws ModelError MODEL_FILE_MISSING when the model is not here. */
export async function use(args: string[], pulled: string): Promise<number> {
  const { values, positionals } = parseWords({ args, allowPositionals: true, options: COMMON_OPTIONS });
  if (values.help) {
    process.stdout.write(USE_HELP);
    return 0;
  }
  const name = onlyWord(positionals, 'a model');
  if (name === OPENAI_COMPATIBLE) {
    throw new ModelError(
      'MODEL_FILE_MISSING',
      'A model on another server is sent every picture, so only the settings choose it: ALTSMITH_MODEL=openai-compatible, with ALTSMITH_MODEL_SERVER and ALTSMITH_MODEL_SERVER_MODEL.',
    );
  }
  const { translation } = await readManifest(locateModel(name, pulled));
  if (translation !== undefined) {
    const to = translation.targets.map(({ language }) => language).join(', ');
    throw new ModelError(
      'CAPTION_MODEL_MISSING',
      `${name} translates into ${to}, it does not describe pictures; choose it with "altsmith languages use".`,
    );
  }
  const folder = chooseModel(name, pulled);
  const { id, precision, graphs } = await readManifest(folder);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ id, precision, folder })}\n`
      : `Chosen: ${id} (${precision}). A running sidecar changes over to it within seconds, unless ALTSMITH_MODEL names another.\n${graphs.question === null ? '' : ONLY_ANSWERS}`,
  );
  return 0;
}
