import { ModelError } from '../../../models/model-error';
import { findModel, type KnownModel } from '../../../models/registry';
import { describeAgreement } from './agreement';
import { pullModel, type PullWishes } from './pull-model';
import { COMMON_OPTIONS, onlyWord, parseWords, precisionOf } from './words';

export const PULL_HELP = `Usage: altsmith models pull ID [options]

Downloads an official checkpoint, verifies it, converts it, and compares int8 with the exact model on the spot. A download
that was cut goes on where it stopped.

  --precision P       int8 (default: a quarter of the size, fast, the same words on every CPU), fp16, fp32; for BLIP-2 also int4
  --from FOLDER       take the checkpoint from this folder instead of the network
  --keep-checkpoint   keep what was downloaded, for another precision later
  --no-compare        skip the comparison with fp32
  --json              one JSON object at the end

The usual variables of the hub's tools hold: HF_ENDPOINT (a mirror), HF_TOKEN, HF_HUB_OFFLINE, HF_HUB_CACHE, HF_HOME. A file
that is already in the hub's cache is not downloaded again.

On a closed network: HTTPS_PROXY or HTTP_PROXY name the proxy (http://host:port), NO_PROXY the hosts that are reached without it,
and NODE_EXTRA_CA_CERTS a PEM file with your own certificate authority.
`;

function readWishes(args: string[]): PullWishes | KnownModel | null {
  const { values, positionals } = parseWords({
    args,
    allowPositionals: true,
    options: {
      ...COMMON_OPTIONS,
      precision: { type: 'string', default: 'int8' },
      from: { type: 'string' },
      'keep-checkpoint': { type: 'boolean', default: false },
      'no-compare': { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const model = findModel(onlyWord(positionals, 'a model'));
  const precision = precisionOf(values.precision);
  if (model.source === null) return model;
  // Before anything is downloaded: the conversion comes last.
  if (precision === 'int4' && model.architecture !== 'blip-2') {
    throw new ModelError('BAD_REQUEST', 'Only BLIP-2 can be converted to int4; use int8.');
  }
  return {
    model,
    source: model.source,
    precision,
    from: values.from ?? null,
    keep: values['keep-checkpoint'],
    compare: !values['no-compare'],
  };
}

/** `altsmith models pull`. Throws ModelError; what is here stays as it is until the new model is whole. */
export async function pull(args: string[], pulled: string): Promise<number> {
  const wishes = readWishes(args);
  if (wishes === null) {
    process.stdout.write(PULL_HELP);
    return 0;
  }
  if (!('precision' in wishes)) {
    process.stdout.write(`${wishes.id} ships with Altsmith; there is nothing to pull.\n`);
    return 0;
  }
  const { model, precision } = wishes;
  const { folder, agreement } = await pullModel(wishes, pulled);
  if (args.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ id: model.id, precision, folder, agreement })}\n`);
    return 0;
  }
  const kind = model.translation === undefined ? 'pictures' : 'texts';
  if (agreement !== null) process.stdout.write(`${describeAgreement(precision, agreement, kind)}\n`);
  process.stdout.write(
    `${model.id} (${precision}) is ready in ${folder}. A running sidecar changes over by itself where it is the chosen or the best one.\n`,
  );
  return 0;
}
