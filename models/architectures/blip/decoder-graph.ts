import type { Checkpoint } from '../../checkpoint/checkpoint';
import { GraphBuilder, MICROSOFT } from '../../onnx/graph';
import { buildTokenChoice } from '../../graph/token-choice';
import { int64s } from '../../onnx/tensor';
import { BertLayers, declareKeys, headSize } from './bert';
import type { BlipConfig, TextConfig } from './config';
import type { Target } from '../../graph/target';
import { GraphWeights } from '../../graph/weights';

const PREFIX = 'text_decoder.bert';
const HEAD = 'text_decoder.cls.predictions';

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
  declareKeys(graph, text, { name: 'past', rows: 'past_rows', length: 'past' });
  declareKeys(graph, text, { name: 'cross', rows: 'pictures', length: 'seen' });
  const layers = new BertLayers(graph, weights, text, { prefix: PREFIX, ids });
  let x = layers.embed(positions);
  for (let index = 0; index < text.num_hidden_layers; index++) {
    x = layers.layer(x, index, (qkv) => {
      const past = ['k', 'v'].map((part) => graph.node('Gather', [`past_${part}${index}`, beams]));
      return graph.node(
        'MultiHeadAttention',
        [...qkv, '', '', '', ...past],
        { num_heads: text.num_attention_heads, unidirectional: 1 },
        { domain: MICROSOFT, outputs: [`attended${index}`, `present_k${index}`, `present_v${index}`] },
      );
    });
  }
  buildTokenChoice(graph, head(graph, weights, x, { layers, text }), text.vocab_size);
  for (let index = 0; index < text.num_hidden_layers; index++) {
    for (const part of ['k', 'v']) {
      const dims = ['rows', text.num_attention_heads, 'present', headSize(text)];
      graph.output(`present_${part}${index}`, 'float32', dims);
    }
  }
  return graph;
}
