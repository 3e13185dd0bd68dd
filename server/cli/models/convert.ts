import type { Manifest } from '../../../models/model-folder/manifest';
import { convertApart, type Conversion } from './conversion';
import { interruptible } from './interruption';
import { miniCheckpoint, miniPrecision } from './mini-checkpoint';
import { UsageError } from '../command';
import { COMMON_OPTIONS, onlyWord, parseWords, precisionOf } from './words';

export const CONVERT_HELP = `Usage: altsmith models convert FOLDER --out FOLDER [--precision P] [--id ID]

Turns a BLIP, BLIP-2 (with T5) or Florence-2 checkpoint, laid out as on the hub or as transformers 4 and 5 save it (config.json, preprocessor_config.json or
processor_config.json, vocab.txt or tokenizer.json, and pytorch_model.bin or model.safetensors, whole or in parts, in any float type), or the checkpoint that the training of mini leaves (one .safetensors file and
vocab.txt), into a model folder that --model and ALTSMITH_MODEL take.

  --out FOLDER      where the model goes: a new or empty folder, or one with a model, which is replaced when the new one is
                    whole. A folder with anything else, or with the checkpoint, is refused
  --precision P     fp32, fp16 (half the size), int8 (a quarter, fast, the same words on every CPU; default);
                    for BLIP-2 also int4: less memory and disk, and the text half is slower and less exact
  --id ID           name of the model in captions and logs (default: the name of FOLDER)
  --json            the manifest as JSON
`;

function summary(manifest: Manifest, out: string): string {
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const what = `${manifest.id} (${manifest.precision}), ${(bytes / 1e6).toFixed(0)} MB, is in ${out}`;
  return `${what}\nTry it: altsmith caption picture.jpg --model ${out}\n`;
}

/** `altsmith models convert`: exit code 0 when the model folder is whole. */
export async function convert(args: string[]): Promise<number> {
  const { values, positionals } = parseWords({
    args,
    allowPositionals: true,
    options: {
      ...COMMON_OPTIONS,
      out: { type: 'string' },
      precision: { type: 'string', default: 'int8' },
      id: { type: 'string' },
    },
  });
  if (values.help) {
    process.stdout.write(CONVERT_HELP);
    return 0;
  }
  const source = onlyWord(positionals, 'the folder of a checkpoint');
  if (values.out === undefined) throw new UsageError('Say where the model goes: --out FOLDER.');
  const precision = precisionOf(values.precision);
  const target = values.out;
  const id = values.id === undefined ? {} : { id: values.id };
  const mini = miniCheckpoint(source);
  const conversion: Conversion =
    mini === null
      ? { kind: 'checkpoint', target, checkpoint: { source, precision, ...id } }
      : { kind: 'mini', target, mini, precision: miniPrecision({ precision, ...id }) };
  const manifest = await interruptible((signal) => convertApart(conversion, `Converting to ${precision}`, signal));
  process.stdout.write(values.json ? `${JSON.stringify(manifest)}\n` : summary(manifest, values.out));
  return 0;
}
