import type { ReliabilityBin } from '../../../models/evaluation/calibration';
import type { ModelFigures } from '../figures';
import { escaped } from './escape';

const WIDTH = 640;
const LEFT = 190;
const ROW = 44;

interface Frame {
  readonly height: number;
  readonly title: string;
  readonly body: string;
}

/** A drawing that says what it shows to those who do not see it; the table beside it has the figures. */
function svg({ height, title, body }: Frame): string {
  return (
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}" font-size="13">` +
    `<title>${escaped(title)}</title>${body}</svg>`
  );
}

/** Round numbers from 0 to about `most`. */
function ticksTo(most: number): number[] {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => Number((at * step).toPrecision(3)));
}

/** Each model's score as a point, with its interval as a line. */
export function scorePlot(models: readonly ModelFigures[]): string {
  const most = Math.max(0.05, ...models.map(({ interval }) => interval[1]));
  const ticks = ticksTo(most);
  const end = ticks.at(-1) ?? most;
  const at = (value: number) => LEFT + (value / end) * (WIDTH - LEFT - 20);
  const height = models.length * ROW + 46;
  const grid = ticks.map((tick) => {
    const x = at(tick).toFixed(1);
    return `<line x1="${x}" x2="${x}" y1="6" y2="${height - 40}" class="grid"/><text x="${x}" y="${height - 22}" text-anchor="middle">${tick}</text>`;
  });
  const rows = models.map(({ model, cider_d: score, interval: [low, high] }, index) => {
    const y = index * ROW + 28;
    return (
      `<text x="${LEFT - 12}" y="${y + 5}" text-anchor="end">${escaped(model)}</text>` +
      `<line x1="${at(low).toFixed(1)}" x2="${at(high).toFixed(1)}" y1="${y}" y2="${y}" class="interval"/>` +
      `<circle cx="${at(score).toFixed(1)}" cy="${y}" r="6" class="point"/>`
    );
  });
  const unit = `<text x="${(LEFT + WIDTH) / 2}" y="${height - 4}" text-anchor="middle">CIDEr-D, mean of all pictures</text>`;
  return svg({
    height,
    title: 'CIDEr-D of each model with its 95 % interval',
    body: [...grid, ...rows, unit].join(''),
  });
}

const LEVELS = 20;

/** How many pictures have which score. */
export function scoreHistogram({ model, pairs }: ModelFigures): string {
  const most = Math.max(1, ...pairs.map(({ score }) => score));
  const counts = Array.from({ length: LEVELS }, () => 0);
  for (const { score } of pairs) {
    const level = Math.min(LEVELS - 1, Math.floor((score / most) * LEVELS));
    counts[level] = (counts[level] ?? 0) + 1;
  }
  const highest = Math.max(1, ...counts);
  const [left, wide, tall] = [50, (WIDTH - 70) / LEVELS, 130];
  const bars = counts.map((count, at) => {
    const high = (count / highest) * tall;
    const x = (left + at * wide + 1).toFixed(1);
    return `<rect x="${x}" y="${(20 + tall - high).toFixed(1)}" width="${(wide - 2).toFixed(1)}" height="${high.toFixed(1)}" class="bar"/>`;
  });
  const scale =
    `<line x1="${left}" x2="${WIDTH - 20}" y1="150" y2="150" class="axis"/>` +
    `<text x="${left - 8}" y="28" text-anchor="end">${highest}</text><text x="${left - 8}" y="154" text-anchor="end">0</text>` +
    `<text x="${left}" y="170">0</text><text x="${WIDTH - 20}" y="170" text-anchor="end">${most.toFixed(1)}</text>` +
    `<text x="${WIDTH / 2}" y="170" text-anchor="middle">CIDEr-D of one picture</text>`;
  return svg({ height: 178, title: `Pictures by their CIDEr-D, ${model}`, body: [...bars, scale].join('') });
}

/** Share of good texts by confidence: on the diagonal the confidence says what it promises. */
export function reliabilityPlot(model: string, bins: readonly ReliabilityBin[]): string {
  const [left, top, side] = [60, 12, 320];
  const x = (value: number) => (left + value * side).toFixed(1);
  const y = (value: number) => (top + (1 - value) * side).toFixed(1);
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (tick) =>
      `<line x1="${x(0)}" x2="${x(1)}" y1="${y(tick)}" y2="${y(tick)}" class="grid"/>` +
      `<text x="${left - 8}" y="${y(tick)}" dy="4" text-anchor="end">${tick * 100} %</text>` +
      `<text x="${x(tick)}" y="${top + side + 20}" text-anchor="middle">${tick}</text>`,
  );
  const diagonal = `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" class="axis" stroke-dasharray="5 4"/>`;
  const line = bins.map(({ confidence, good }) => `${x(confidence)},${y(good)}`).join(' ');
  const points = bins.map(
    ({ confidence, good, interval: [low, high] }) =>
      `<line x1="${x(confidence)}" x2="${x(confidence)}" y1="${y(low)}" y2="${y(high)}" class="interval"/>` +
      `<circle cx="${x(confidence)}" cy="${y(good)}" r="5" class="point"/>`,
  );
  const words =
    `<text x="${left + side / 2}" y="${top + side + 40}" text-anchor="middle">Confidence of the model</text>` +
    `<text x="${left + side + 16}" y="${top + 14}">Share of texts that</text><text x="${left + side + 16}" y="${top + 32}">were approved as they were</text>`;
  const body = [...grid, diagonal, `<polyline points="${line}" class="curve"/>`, ...points, words].join('');
  return svg({ height: top + side + 50, title: `Share of approved texts by confidence, ${model}`, body });
}
