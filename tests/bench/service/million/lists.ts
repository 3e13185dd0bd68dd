import { SUGGESTION_SORTS } from '../../../../server/review/suggestion-list';
import { figureOf, sample, samples, type Figure, type Sample } from '../figures';
import type { Library } from './data';
import { asker, loopProcessorMs, measureLoop, type Ask, type Watched } from './watched';

/** Filters with none, few and many hits; all combinations are measured. */
const STATES = ['', '&state=pending', '&state=conflict'];
const FLAGS = ['', '&flag=low_confidence', '&flag=tiny'];
const CONFIDENCES = ['', '&min_confidence=0.333'];
/** A word, beginnings of very many words, a sentence, a file name, and a word that is in no text. */
const SEARCHES = [
  '',
  '&q=standing',
  '&q=s',
  '&q=1',
  '&q=a%20dog%20is%20sitting%20in%20front',
  '&q=img_777',
  '&q=zebra',
];
const LOOKS = 20;

/** Every list of a site, with every combination of filters, order and place in the list. */
export async function measureLists(
  watched: Watched,
  { images, key, runIds }: Library,
  metricsKey: string,
): Promise<Figure[]> {
  const name = `site of ${images}`;
  const ask = asker(watched.sidecar, key);
  const runs = ['', `&run_id=${runIds[2] ?? ''}`, '&run_id=run_nobody'];
  const clock = () => loopProcessorMs(watched);
  const found: Figure[] = [];
  const loop = await measureLoop(watched, { name: `the lists of the ${name}`, metricsKey }, async () => {
    found.push(...(await suggestions(ask, clock, runs)));
    found.push(...(await others(ask, clock, runs)));
  });
  return [...found.map((figure) => ({ ...figure, name: `${name}: ${figure.name}` })), ...loop];
}

type Clock = () => number;

async function suggestions(ask: Ask, clock: Clock, runs: readonly string[]): Promise<Figure[]> {
  const [pages, searches, totals]: Sample[][] = [[], [], []];
  const deep = await cursorsInTheMiddle(ask, runs);
  for (const filter of crossed(crossed(crossed(crossed(STATES, FLAGS), runs), CONFIDENCES), SEARCHES)) {
    const into = filter.includes('&q=') ? searches : pages;
    for (const sort of SUGGESTION_SORTS) {
      const list = `/v1/suggestions?sort=${sort}${filter}`;
      let next: string | null = null;
      into?.push(await sample(clock, async () => ({ next } = await ask(list))));
      for (const cursor of [next, deep[sort]])
        if (cursor !== null) into?.push(await sample(clock, () => ask(`${list}&after=${cursor}`)));
    }
    const alone = await sample(clock, () => ask(`/v1/suggestions?limit=1${filter}`));
    const counted = await sample(clock, () => ask(`/v1/suggestions?limit=1&total=1${filter}`));
    totals?.push(lessOf(counted, alone));
  }
  if ((await ask('/v1/suggestions')).next === null) throw new Error('the site shows none of its suggestions');
  return [
    figureOf(`${pages?.length} pages of suggestions`, pages ?? [], 50),
    figureOf(`${searches?.length} pages of searches`, searches ?? [], 100),
    figureOf(`${totals?.length} totals beside their page`, totals ?? [], 20),
  ];
}

const lessOf = (one: Sample, other: Sample): Sample => ({
  ms: Math.max(0, one.ms - other.ms),
  processorMs: Math.max(0, one.processorMs - other.processorMs),
});

/** Half-way through the site, and half-way through the confidences: each order has cursors of its own kind. */
async function cursorsInTheMiddle(ask: Ask, runs: readonly string[]) {
  const by = async (query: string): Promise<string | null> => (await ask(`/v1/suggestions?limit=1&${query}`)).next;
  return {
    oldest: await by(`sort=oldest${runs[1]}`),
    newest: await by(`sort=newest${runs[1]}`),
    confidence: await by('sort=confidence&min_confidence=0.4'),
    '-confidence': await by('sort=-confidence&min_confidence=0.4'),
  };
}

async function others(ask: Ask, clock: Clock, runs: readonly string[]): Promise<Figure[]> {
  const jobs: Sample[] = [];
  for (const query of crossed(crossed(['', '&state=done', '&state=failed'], runs), ['&sort=newest', '&sort=oldest'])) {
    const first: { next: number | null } = { next: null };
    jobs.push(await sample(clock, async () => Object.assign(first, await ask(`/v1/jobs?total=1${query}`))));
    const { next } = first;
    if (next !== null) jobs.push(await sample(clock, () => ask(`/v1/jobs?${query.slice(1)}&after=${next}`)));
  }
  const feed: Sample[] = [];
  let after = '';
  for (let page = 0; page < LOOKS; page += 1) {
    feed.push(await sample(clock, async () => ({ next: after } = await ask(`/v1/changes?limit=100${afterOf(after)}`))));
  }
  return [
    figureOf(`${jobs.length} pages of jobs with totals`, jobs, 50),
    figureOf('pages of the change feed', feed, 50),
    figureOf('runs with their progress', await samples(LOOKS, clock, () => ask('/v1/runs')), 20),
    figureOf('/v1/status', await samples(LOOKS, clock, () => ask('/v1/status')), 20),
  ];
}

const afterOf = (cursor: string) => (cursor === '' ? '' : `&after=${cursor}`);

const crossed = (ones: readonly string[], others: readonly string[]) =>
  ones.flatMap((one) => others.map((other) => one + other));
