import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ModelError } from '../model-error';
import { damaged, type Checkpoint, type TensorEntry } from './checkpoint';
import { readCheckpointJson } from './checkpoint-json';

/** Which file holds which weight; metadata.total_size and the like are not needed. */
const Index = z.object({ weight_map: z.record(z.string(), z.string()) });
/** A shard lies beside its index: no path, and nothing hidden. */
const SHARD_NAME = /^[\w][\w.-]*$/;

function shardNames(folder: string, index: string): Map<string, string[]> {
  const { weight_map: map } = readCheckpointJson(Index, folder, index, 'a checkpoint in parts');
  const shards = new Map<string, string[]>();
  for (const [weight, shard] of Object.entries(map)) {
    if (!SHARD_NAME.test(shard))
      throw damaged(path.join(folder, index), `it names a part "${shard}" that is no file beside it`);
    const weights = shards.get(shard);
    // Into the list that is there: an index may name hundreds of thousands.
    if (weights === undefined) shards.set(shard, [weight]);
    else weights.push(weight);
  }
  if (shards.size === 0) throw damaged(path.join(folder, index), 'it names no parts');
  const missing = [...shards.keys()].filter((shard) => !existsSync(path.join(folder, shard)));
  if (missing.length > 0) {
    const message = `Of the ${shards.size} parts that ${index} names, ${missing.join(', ')} is not in ${folder}; download it again.`;
    throw new ModelError('MODEL_FILE_MISSING', message);
  }
  return shards;
}

/** The parts of a checkpoint as one. Each weight must be in the part that the index names for it. */
class ShardedCheckpoint implements Checkpoint {
  readonly metadata = {};
  readonly tensors: ReadonlyMap<string, TensorEntry>;

  constructor(
    private readonly owners: ReadonlyMap<string, Checkpoint>,
    private readonly parts: readonly Checkpoint[],
    private readonly file: string,
  ) {
    this.tensors = new Map([...owners].flatMap(([name, part]) => entryOf(part, name)));
  }

  read(name: string, part?: { readonly begin: number; readonly bytes: number }): Uint8Array {
    const owner = this.owners.get(name);
    if (owner === undefined) throw damaged(this.file, `it has no weight "${name}"`);
    return owner.read(name, part);
  }

  close(): void {
    for (const part of this.parts) part.close();
  }
}

function entryOf(part: Checkpoint, name: string): [string, TensorEntry][] {
  const entry = part.tensors.get(name);
  return entry === undefined ? [] : [[name, entry]];
}

/** Opens every part that an index names. Throws ModelError where one is missing, or does not hold what the index says. */
export function openShards(folder: string, index: string, open: (file: string) => Checkpoint): Checkpoint {
  const file = path.join(folder, index);
  const owners = new Map<string, Checkpoint>();
  const parts: Checkpoint[] = [];
  try {
    for (const [shard, weights] of shardNames(folder, index)) {
      const part = open(path.join(folder, shard));
      parts.push(part);
      const absent = weights.find((weight) => !part.tensors.has(weight));
      if (absent !== undefined) throw damaged(file, `it says that ${shard} holds "${absent}", which it does not`);
      for (const weight of weights) owners.set(weight, part);
    }
    return new ShardedCheckpoint(owners, parts, file);
  } catch (error) {
    for (const part of parts) part.close();
    throw error;
  }
}
