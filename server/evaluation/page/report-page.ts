import { createHash } from 'node:crypto';
import type { NounCount } from '../nouns';
import type { Report } from '../report';
import { escaped, scriptJson } from './escape';
import { JUDGING_SCRIPT } from './judging';
import { reliabilityPlot, scoreHistogram, scorePlot } from './plots';
import { REPORT_STYLE } from './style';

/** Small copies of pictures, as data addresses, by file. */
export type Thumbnails = ReadonlyMap<string, string>;

type Model = Report['models'][number];

const percent = (share: number) => `${Math.round(share * 100)} %`;
const score = (value: number) => value.toFixed(3);

function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map(([first = '', ...others]) => {
    return `<tr><th scope="row">${escaped(first)}</th>${others.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  });
  const heads = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  return `<div class="wide" tabindex="0" role="region" aria-label="${escaped(caption)}"><table><caption>${escaped(caption)}</caption><thead><tr>${heads}</tr></thead><tbody>${cells.join('')}</tbody></table></div>`;
}

const HEAD = ['Model', 'CIDEr-D', '95 % interval', 'Words', 'Characters', 'Different texts', 'Seconds a picture', 'MB'];

function summaryRow(model: Model): string[] {
  const { interval, lengths, seconds_per_image: seconds, megabytes } = model;
  return [
    `${model.model} (${model.precision})`,
    score(model.cider_d),
    `${score(interval[0])} to ${score(interval[1])}`,
    lengths.words.toFixed(1),
    lengths.characters.toFixed(0),
    String(model.different_texts),
    seconds === null ? '–' : seconds.toFixed(2),
    megabytes === null ? '–' : String(megabytes),
  ];
}

/** What of the differences is more than chance. */
function comparisonSentences({ comparisons }: Report): string {
  const sentences = comparisons.map(({ better, other, difference, interval: [low, high] }) => {
    const figures = `${score(difference)}, 95 % interval ${score(low)} to ${score(high)}`;
    return low > 0
      ? `${better} is closer to the people's texts than ${other} (by ${figures}).`
      : `These pictures do not tell ${better} and ${other} apart (difference ${figures}).`;
  });
  return sentences.map((sentence) => `<p>${escaped(sentence)}</p>`).join('');
}

const nounList = (nouns: readonly NounCount[]) =>
  nouns.length === 0
    ? '<p>None.</p>'
    : `<ol>${nouns.map(([noun, count]) => `<li>${escaped(noun)} <span class="fine">${count}</span></li>`).join('')}</ol>`;

function nounsOf({ nouns, model }: Model): string {
  if (nouns === null) return '<p>Nouns are compared in English texts only.</p>';
  const share =
    nouns.shared === null
      ? ''
      : `<p>Of the nouns of ${escaped(model)}, ${percent(nouns.shared)} are in the person's text as well.</p>`;
  return (
    `${share}<div class="columns"><div><h4>Named by ${escaped(model)} only</h4>${nounList(nouns.model)}</div>` +
    `<div><h4>Named by the person only</h4>${nounList(nouns.person)}</div></div>`
  );
}

function decisionsOf({ model, decisions }: Model): string {
  if (decisions === null || decisions.count === 0) {
    return '<p>Nobody has decided about texts of this model one by one yet, so nothing says what its confidence is worth here.</p>';
  }
  const { rule, count, bins } = decisions;
  const sentence =
    rule === null
      ? 'From no confidence on do they show that at most one text in twenty is bad.'
      : `From a confidence of ${rule.from.toFixed(2)} on, ${rule.bad} of ${rule.decided} were bad: with 95 % certainty at most ${(rule.upper * 100).toFixed(1)} %.`;
  const rows = bins.map((bin) => [
    bin.confidence.toFixed(2),
    percent(bin.good),
    `${percent(bin.interval[0])} to ${percent(bin.interval[1])}`,
    String(bin.count),
  ]);
  return (
    `<p>${count} decisions, made one by one with the picture on the screen. ${escaped(sentence)}</p>${reliabilityPlot(model, bins)}` +
    table('Approved as they were', ['Confidence', 'Share', '95 % interval', 'Decisions'], rows)
  );
}

function modelSection(model: Model): string {
  const on = model.calibrated_on === null ? '' : ` on ${model.calibrated_on}`;
  const measured = model.calibrated
    ? `Those who made this model measured its confidence${on}.`
    : 'The confidence of this model is not measured: it sorts its texts and says no more.';
  return (
    `<section><h2>${escaped(model.model)}</h2>` +
    (model.demonstration ? '<p>This is a demonstration model.</p>' : '') +
    `<h3>Scores</h3>${scoreHistogram(model)}<h3>Nouns</h3>${nounsOf(model)}` +
    `<h3>Confidence and decisions</h3><p>${escaped(measured)}</p>${decisionsOf(model)}</section>`
  );
}

function judgingData(report: Report, thumbnails: Thumbnails): unknown {
  const of = (model: Model) =>
    report.judged.flatMap(({ file, personFirst }) => {
      const pair = model.pairs.find((one) => one.file === file);
      if (pair === undefined) return [];
      const [person = '', machine] = [pair.person[0], pair.machine];
      const [a, b] = personFirst ? [person, machine] : [machine, person];
      return [{ file, personFirst, a, b }];
    });
  return {
    id: report.created_at,
    pairs: Object.fromEntries(report.models.map((model) => [model.model, of(model)])),
    thumbnails: Object.fromEntries(thumbnails),
  };
}

function judging(report: Report, thumbnails: Thumbnails): string {
  const options = report.models.map(({ model }) => `<option>${escaped(model)}</option>`).join('');
  return (
    `<section id="judging"><h2>Judge for yourself</h2><p>Which text describes the picture better? One is a person's, one is the model's. ` +
    'With the focus here, the keys A and B choose, = says that they are equally good, Backspace goes back. Your choices stay in this browser.</p>' +
    `<p><label>Model <select id="judge-model">${options}</select></label></p><p id="judge-status" role="status"></p>` +
    '<div id="judge-pair"><img id="judge-picture" alt="The picture that both texts are about"><dl><dt>A</dt><dd id="judge-text-a"></dd>' +
    '<dt>B</dt><dd id="judge-text-b"></dd></dl><p class="buttons"><button type="button" id="judge-a">A is better</button> ' +
    '<button type="button" id="judge-b">B is better</button> <button type="button" id="judge-same">Equally good</button></p></div>' +
    '<p id="judge-result" hidden></p><p class="buttons"><button type="button" id="judge-back">Back</button> <button type="button" id="judge-again">Begin again</button></p>' +
    `<script type="application/json" id="judging-data">${scriptJson(judgingData(report, thumbnails))}</script></section>`
  );
}

function introduction(report: Report): string {
  const { left_out: left, person, machine } = report;
  const parts = [
    [left.empty, 'without a text'],
    [left.file_name, 'with a file name as text'],
    [left.missing, 'that are not there'],
    [left.not_captioned, 'that a model could not caption'],
  ] as const;
  const reasons = parts.filter(([count]) => count > 0).map(([count, why]) => `${count} ${why}`);
  const without = reasons.length === 0 ? '' : ` Left out: ${reasons.join(', ')}.`;
  return (
    `<p>${report.images} pictures with a text that a person wrote (language: ${escaped(report.language)}; ${person.words} words on average).${without} ` +
    `No model was shown the person's text. Measured on ${escaped(machine.processor)}, ${machine.cores} cores, ${machine.memory_gb} GB, ` +
    `on ${escaped(report.created_at.slice(0, 10))} with Altsmith ${escaped(report.altsmith)}.</p>`
  );
}

const READ_IT =
  '<p>CIDEr-D says how many words and phrases a text shares with the person’s, the rare ones counting more; 0 is none, 10 the same text. ' +
  'It compares models on these pictures only. People who describe the same photograph differ as well, so no model comes near 10, and a low score of one picture need not be a bad text.</p>';

/** The whole report as one page that loads nothing. */
export function reportPage(report: Report, thumbnails: Thumbnails): string {
  const hash = createHash('sha256').update(JUDGING_SCRIPT).digest('base64');
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}"><title>How good the models are on these pictures</title>` +
    `<style>${REPORT_STYLE}</style></head><body><main><h1>How good the models are on these pictures</h1>${introduction(report)}` +
    `<section><h2>Models</h2>${scorePlot(report.models)}${table('The models, best first', HEAD, report.models.map(summaryRow))}${comparisonSentences(report)}${READ_IT}</section>` +
    `${judging(report, thumbnails)}${report.models.map(modelSection).join('')}</main><script>${JUDGING_SCRIPT}</script></body></html>\n`
  );
}
