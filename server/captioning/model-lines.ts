import { existsSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST_FILE } from '../../models/model-folder/manifest';
import { locateModel, PRECISION_FOLDERS } from '../../models/locate-model';
import { bytesOfSource, knownModels, tasksOfKnown, type KnownModel } from '../../models/registry';
import { Task } from '../contract/caption';
import type { ModelLine } from '../contract/model';
import { recommendModel } from './recommend-model';
import { thisMachine } from './worker-count';

/** The models that are known, best first, and which of them lie in the folder of pulled models. */
export function modelLines(pulled: string, machine = thisMachine()): ModelLine[] {
  const used = locateModel(null, pulled);
  const { id, sentence } = recommendModel(machine);
  const captioners = knownModels().filter(({ translation }) => translation === undefined);
  return captioners.map((model) => ({
    ...lineOf(model, pulled, used),
    recommendation: model.id === id ? sentence : null,
  }));
}

function lineOf(model: KnownModel, pulled: string, used: string): Omit<ModelLine, 'recommendation'> {
  const folders = PRECISION_FOLDERS.map((precision) => ({ precision, folder: path.join(pulled, model.id, precision) }));
  const here = folders.filter(({ folder }) => existsSync(path.join(folder, MANIFEST_FILE)));
  const shipped = model.source === null ? locateModel(model.id, pulled) : null;
  return {
    id: model.id,
    title: model.title,
    licence: model.licence,
    demonstration: model.demonstration,
    answers_questions: model.answers_questions,
    tasks: Task.array().parse(tasksOfKnown(model)),
    download_bytes: model.source === null ? 0 : bytesOfSource(model.source),
    precisions: here.map(({ precision }) => precision),
    in_use: here.some(({ folder }) => path.resolve(folder) === used) || shipped === used,
  };
}
