import path from 'node:path';
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
const ARCHITECTURES: ReadonlyMap<string, Manifest['architecture']> = new Map([
  ['blip', 'blip'],
  ['blip-2', 'blip-2'],
  ['florence2', 'florence-2'],
  ['marian', 'marian'],
] as const);

const Config = z.object({ model_type: z.string().optional(), architectures: z.array(z.string()).nullish() });
/** Classes of known models that compare a picture with texts, or make vectors. */
const WRITES_NOTHING = /ImageTextRetrieval|WithProjection|^Blip(?:Text|Vision)?Model$/;

/** What config.json says of the model. Throws ModelError where it is none that writes. */
function kindOf(source: string): string {
  const { model_type: kind, architectures } = readCheckpointJson(Config, source, 'config.json', 'a known model');
  const mute = architectures?.find((name) => WRITES_NOTHING.test(name));
  if (kind !== undefined && ARCHITECTURES.has(kind) && mute === undefined) return kind;
  const said =
    kind === undefined
      ? 'does not say which model it is of (model_type)'
      : `is of the model ${mute ?? kind}, which cannot be converted`;
  throw new ModelError(
    'MODEL_FILE_DAMAGED',
    `${path.join(source, 'config.json')} ${said}. Those that can are BLIP (captions, questions), BLIP-2 with T5, Florence-2 and Marian.`,
  );
}

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
    const known = student === null ? kindOf(source) : 'marian';
    const found = ARCHITECTURES.get(known);
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
