import path from 'node:path';
import { ModelError } from '../model-error';
import type { Manifest } from '../model-folder/manifest';
import { areProductsExact } from './exact-products';
import { GraphSession, type GraphOptions } from './graph-session';
import { hasEightBitWeights, sessionOptions, type SessionWish } from './options';
import { Packing, type PackedGraph, type PackingOptions } from './packing';
import { SevenBitCopy } from './seven-bit-copy';

/** The graphs of a model, loaded; the third reads a question, the words of a task, or a text. */
export interface ModelGraphs {
  /** null for models that see no pictures. */
  readonly vision: GraphSession | null;
  readonly decoder: GraphSession;
  readonly question: GraphSession | null;
}

export interface OpenOptions extends PackingOptions {
  /** Whether 8-bit products are exact; found out by a product on this CPU unless given, which tests do. */
  readonly exactProducts?: boolean;
  /** False: where they are not, slower products of 8-bit weights are taken in any case. */
  readonly sevenBits?: boolean;
}

function openGraph(file: string, options: GraphOptions): GraphSession {
  try {
    return GraphSession.open(file, options);
  } catch (cause) {
    throw new ModelError('MODEL_FILE_DAMAGED', `The graph ${path.basename(file)} cannot be loaded; pull it again.`, {
      cause,
    });
  }
}

/** Graphs in the order in which they are loaded. A picture and the words of a text encoder are many rows at once. */
function graphsOf({ graphs }: Manifest): {
  vision: PackedGraph | null;
  decoder: PackedGraph;
  third: PackedGraph | null;
} {
  const { vision, decoder, question, encoder } = graphs;
  const name = encoder ?? question;
  return {
    vision: vision === null ? null : { name: vision, rows: 'many' },
    decoder: { name: decoder, rows: 'few' },
    third: name === null ? null : { name, rows: encoder === undefined || vision === null ? 'few' : 'many' },
  };
}

/** Frees the sessions. */
export function closeGraphs({ vision, decoder, question }: ModelGraphs): void {
  vision?.close();
  decoder.close();
  question?.close();
}

/**
 * Loads the graphs of a model; those of a large model from weights that were packed ahead. Where sums of 8-bit products overflow, what is
 * faster: exact products, or 7-bit weights that are made now. Throws ModelError.
 */
export async function openGraphs(
  folder: string,
  manifest: Manifest,
  threads: number,
  { exactProducts: given, sevenBits = true, ...options }: OpenOptions = {},
): Promise<ModelGraphs> {
  const areExact = given ?? (!hasEightBitWeights(manifest) || areProductsExact());
  const { vision, decoder, third } = graphsOf(manifest);
  const all = [vision, decoder, third].filter((graph) => graph !== null);
  const names = all.map(({ name }) => name);
  const copy = areExact || !sevenBits ? null : SevenBitCopy.make(folder, manifest, names);
  const wish: Omit<SessionWish, 'rows'> = { threads, exactProducts: areExact || copy !== null };
  const loadFrom = (placeOf: (name: string) => string): ModelGraphs => {
    const opened: GraphSession[] = [];
    const open = ({ name, rows }: PackedGraph) => {
      const graph = openGraph(placeOf(name), sessionOptions(manifest, { ...wish, rows }));
      opened.push(graph);
      return graph;
    };
    try {
      return {
        vision: vision === null ? null : open(vision),
        decoder: open(decoder),
        question: third === null ? null : open(third),
      };
    } catch (error) {
      for (const graph of opened) graph.close();
      throw error;
    }
  };
  const loadCopy = (of: SevenBitCopy): ModelGraphs => {
    try {
      return loadFrom((name) => path.join(of.folder, name));
    } finally {
      of.remove();
    }
  };
  if (copy !== null) return loadCopy(copy);
  const packing = await Packing.prepare({ folder, manifest, graphs: all, wish, options });
  return packing === null ? loadFrom((name) => path.join(folder, name)) : packing.load(loadFrom, closeGraphs);
}
