import type { Checkpoint } from '../../checkpoint/checkpoint';
import { GraphBuilder, MICROSOFT } from '../../onnx/graph';
import { CrossAttention, crossOutput } from '../../graph/cross-attention';
import { buildTokenChoice } from '../../graph/token-choice';
import { int64s } from '../../onnx/tensor';
import { BertLayers, crossSizes, headSize } from './bert';
import type { BlipConfig, TextConfig } from './config';
import type { Target } from '../../graph/target';
import { GraphWeights } from '../../graph/weights';

const PREFIX = 'text_decoder.bert';
const HEAD = 'text_decoder.cls.predictions';

function keysOf(text: TextConfig, name: string): string[] {
  return Array.from({ length: text.num_hidden_layers }, (_, index) => [
    `${name}_k${index}`,
    `${name}_v${index}`,
  ]).flat();
}

/** The last position's scores: [B, T, width] → [B, vocabulary]. */
function head(graph: GraphBuilder, weights: GraphWeights, x: string, bert: { layers: BertLayers; text: TextConfig }) {
  const { hidden_size: width, vocab_size: vocabulary } = bert.text;
  const last = graph.node('Gather', [x, graph.constant(int64s([-1], []))], { axis: 1 }); // [B, width]
  const dense = weights.gelu(weights.linear(last, `${HEAD}.transform.dense`, [width, width]));
  const transformed = bert.layers.norm(dense, `${HEAD}.transform.LayerNorm`);
  // Training ties the head to the word embeddings; checkpoints store it again, and where they differ that copy counts.
  const words = `${PREFIX}.embeddings.word_embeddings.weight`;
  const own = `${HEAD}.decoder.weight`;
  const name = weights.has(own) && !weights.areEqual(own, words) ? own : words;
  const bias = weights.small(`${HEAD}.bias`, [vocabulary]);
  return weights.score(transformed, name, { dims: [vocabulary, width], bias });
}

/** decoder.onnx: one step of writing. Its inputs and outputs are in models/README.md. */
export function buildDecoder(checkpoint: Checkpoint, { text }: BlipConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('decoder', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const ids = graph.input('input_ids', 'int64', ['rows', 'tokens']);
  const positions = graph.input('position_ids', 'int64', ['tokens']);
  const beams = graph.input('beam_idx', 'int64', ['rows']);
  for (const name of keysOf(text, 'past')) {
    graph.input(name, 'float32', ['past_rows', text.num_attention_heads, 'past', headSize(text)]);
  }
  const cross = new CrossAttention(graph, weights, crossSizes(text), ids);
  const layers = new BertLayers(graph, weights, text, { prefix: PREFIX, ids });
  const dims = [text.hidden_size, text.hidden_size] as const;
  let x = layers.embed(positions);
  for (let index = 0; index < text.num_hidden_layers; index++) {
    const attend = (qkv: readonly string[]) => {
      const past = ['k', 'v'].map((part) => graph.node('Gather', [`past_${part}${index}`, beams]));
      return graph.node(
        'MultiHeadAttention',
        [...qkv, '', '', '', ...past],
        { num_heads: text.num_attention_heads, unidirectional: 1 },
        { domain: MICROSOFT, outputs: [`attended${index}`, `present_k${index}`, `present_v${index}`] },
      );
    };
    const name = `${layers.name(index)}.crossattention`;
    const place = { name: `${name}.output.dense`, values: `${name}.self.value`, dims };
    const look = (query: string) => crossOutput(weights, cross.attend(query, index), place);
    x = layers.layer(x, index, { attend, look });
  }
  buildTokenChoice(graph, head(graph, weights, x, { layers, text }), text.vocab_size);
  for (const name of keysOf(text, 'present')) {
    graph.output(name, 'float32', ['rows', text.num_attention_heads, 'present', headSize(text)]);
  }
  return graph;
}
