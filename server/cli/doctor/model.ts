import path from 'node:path';
import { isChoiceDamaged } from '../../../models/locate-model';
import { readManifest } from '../../../models/model-folder/manifest';
import { checkModelFiles } from '../../../models/model-folder/model-files';
import { ModelError } from '../../../models/model-error';
import { modelSource, PULLED_MODELS } from '../../captioning/model-source';
import { recommendModel } from '../../captioning/recommend-model';
import { thisMachine } from '../../captioning/worker-count';
import { note, ok, problem, type Finding, type Ground } from './check';

const LOST = problem(
  'The note of the model that was chosen is damaged, so the best one is used.',
  'Choose it again: altsmith models use MODEL.',
);

/** Whether the model of the settings is there, of a format this program reads, and every file as it was made. */
export async function lookAtModel({ config }: Ground): Promise<readonly Finding[]> {
  if (config.workers === 0) return [ok('No model is needed here: ALTSMITH_WORKERS is 0, workers run elsewhere.')];
  try {
    const source = modelSource(config.model, config);
    if (!('modelFolder' in source)) return [note('Pictures go to a model on another server; it is not asked here.')];
    const folder = source.modelFolder;
    const manifest = await readManifest(folder);
    await checkModelFiles(folder, manifest);
    const name = `${manifest.id} (${manifest.precision})`;
    const lost = config.model === null && isChoiceDamaged(path.join(config.dataDir, PULLED_MODELS)) ? [LOST] : [];
    const whole = ok(`The model ${name} is here, and each of its ${manifest.files.length} files is as it was made.`);
    const better = recommendModel(thisMachine());
    if (manifest.id === better.id) return [whole, ...lost, ok(better.sentence)];
    const advised = note(better.sentence, `altsmith models pull ${better.id}`);
    if (!manifest.demonstration) return [whole, ...lost, advised];
    return [whole, ...lost, note(`${manifest.id} is for demonstration: do not publish its words unread.`), advised];
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return [problem(error.message, 'Until then pictures are taken, and wait.')];
  }
}
