/** Mean log-probability of a sentence's tokens, end token included; −Infinity without any. */
export function meanLogProb(logProbs: readonly number[]): number {
  if (logProbs.length === 0) return -Infinity;
  return logProbs.reduce((sum, logProb) => sum + logProb, 0) / logProbs.length;
}

/** Confidence 0..1 of a mean log-probability, by straight lines between the points of the model's own calibration. */
export function confidenceOf(meanLog: number, points: readonly (readonly [number, number])[]): number {
  let [left, low] = points[0] ?? [0, 0];
  // NaN, from weights that overflow, is no certainty.
  if (!(meanLog > left)) return low;
  for (const [right, high] of points.slice(1)) {
    if (meanLog <= right) return low + ((meanLog - left) / (right - left)) * (high - low);
    [left, low] = [right, high];
  }
  return low;
}
