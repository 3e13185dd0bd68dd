import { z } from 'zod';
import { convertBlip } from './architectures/blip/convert';
import { convertBlip2 } from './architectures/blip-2/convert';
import { convertFlorence } from './architectures/florence-2/convert';
import { convertMarian } from './architectures/marian/convert';
import { convertStudent } from './architectures/marian/student';
import { findStudent } from './architectures/marian/student-files';
import { hasCheckpointFile, readCheckpointJson } from './checkpoint/checkpoint-json';
import { withFiles } from './file-problem';
import type { Conversion } from './model-folder/convert';
import type { Manifest } from './model-folder/manifest';
import { ModelError } from './model-error';

/** By the `model_type` of config.json. */
const ARCHITECTURES: ReadonlyMap<unknown, Manifest['architecture']> = new Map([
  ['blip', 'blip'],
  ['blip-2', 'blip-2'],
  ['florence2', 'florence-2'],
  ['marian', 'marian'],
] as const);

const Config = z.object({ model_type: z.unknown() });

/**
 * Turns a checkpoint as the hub lays it out into a model folder; its config.json says of which architecture it is. A student of Marian has
 * none, and is known by its weights (model.….bin). Throws ModelError
 * when it is damaged or of none that is known, when a file cannot be read or written, and when the target holds something that is no
 * model.
 */
export function convertCheckpoint(conversion: Conversion): Promise<Manifest> {
  return withFiles(() => {
    const { source, precision, architecture: due } = conversion;
    const hasConfig = hasCheckpointFile(source, 'config.json');
    const student = hasConfig ? null : findStudent(source);
    const known = hasConfig ? readCheckpointJson(Config, source, 'config.json', 'a known model').model_type : student;
    const found = student === null ? ARCHITECTURES.get(known) : 'marian';
    if (due !== undefined && found !== undefined && found !== due) {
      throw new ModelError(
        'MODEL_FILE_DAMAGED',
        `The checkpoint in ${source} is of the architecture ${found}; ${due} is due.`,
      );
    }
    if (known === 'blip-2') return convertBlip2(conversion);
    if (precision === 'int4') throw new ModelError('BAD_REQUEST', 'Only BLIP-2 can be converted to int4; use int8.');
    if (student !== null) return convertStudent(conversion, student);
    if (known === 'marian') return convertMarian(conversion);
    return known === 'florence2' ? convertFlorence(conversion) : convertBlip(conversion);
  });
}
