import type { GraphBuilder } from '../onnx/graph';

/**
 * The end of every decoder graph. From `scores` [B, vocabulary] it makes the outputs
 * `logits` [B, vocabulary] (fetched only when the caller changes scores, as a repetition penalty does), and the best
 * `top_count` of each row: `top_ids` int64 and `top_log_probs`, both [B, top_count], best first.
 *
 * The order is that of the logits, the values are those of log-softmax: rounding in log-softmax can make two
 * neighbours equal, which would change a greedy choice.
 */
export function buildTokenChoice(graph: GraphBuilder, scores: string, vocabulary: number): void {
  const count = graph.input('top_count', 'int64', [1]);
  graph.output(graph.rename(scores, 'logits'), 'float32', ['rows', vocabulary]);
  const logProbs = graph.node('LogSoftmax', [scores], { axis: -1 });
  graph.node('TopK', [scores, count], { axis: -1, largest: 1, sorted: 1 }, { outputs: ['top_logits', 'top_ids'] });
  graph.node('GatherElements', [logProbs, 'top_ids'], { axis: -1 }, { outputs: ['top_log_probs'] });
  graph.output('top_ids', 'int64', ['rows', 'top_count']);
  graph.output('top_log_probs', 'float32', ['rows', 'top_count']);
}
