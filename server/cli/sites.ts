import { SiteLimitsChange } from '../contract/admin';
import { readConfig } from '../config';
import { AppError } from '../errors';
import { SiteBytes, type SiteStorage } from '../intake/site-bytes';
import type { Site } from '../sites/site-store';
import { decimalOf, refuseMoreThan, runCommand, UsageError, type Say, type Words } from './command';
import { withData, type LiveData } from './live-data';
import { siteGlossary } from './site-glossary';

const HELP = `Usage: altsmith sites <list|create|set|glossary>

  list                 the sites that this sidecar serves, and what their pictures take of the disk
  create NAME          a further site; give it a key with "altsmith keys create --site ID"
  set ID [--rate N] [--queue N] [--bytes N] [--weight N]
                       limits of one site: requests a second, waiting jobs, stored bytes; "default" stands for the
                       sidecar's own setting. Weight is its share of the workers beside other sites (1 is usual).
  glossary ID [--file FILE]
                       the words that suggestions of a site use; FILE, a JSON list of {"term", "forms"?, "instead_of"?,
                       "is_name"?, "language"?}, takes the place of all that were there

A running sidecar sees every change at once.
`;

const LIMITS = ['rate', 'queue', 'bytes', 'weight'] as const;

/** `altsmith sites`. */
export function run(args: string[]): Promise<number> {
  const work = (words: Words, say: Say) => {
    const mayMakeFolder = words.positionals[0] === 'create';
    return withData(readConfig(process.env), deedOf(words, say), { mayMakeFolder });
  };
  const options = Object.fromEntries([...LIMITS, 'file'].map((name) => [name, { type: 'string' as const }]));
  return runCommand({ help: HELP, options, work }, args);
}

/** What the words ask for; nothing is opened before they are known to say it. */
function deedOf(words: Words, say: Say): (live: LiveData) => number {
  const [verb, ...rest] = words.positionals;
  if (verb === 'list') {
    refuseMoreThan(1, words);
    return (live) => list(live, say);
  }
  if (verb === 'set') {
    refuseMoreThan(2, words);
    return (live) => set(live, words, say);
  }
  if (verb === 'glossary') {
    refuseMoreThan(2, words);
    const [id] = rest;
    if (id === undefined) throw new UsageError('Say which site: altsmith sites glossary ID');
    return (live) => siteGlossary(live, { id, file: words.text('file') }, say);
  }
  if (verb !== 'create' || rest.length === 0)
    throw new UsageError('Say list, set or glossary and an id, or create and a name.');
  return (live) => create(live, rest.join(' '), say);
}

function create({ storage, sites, record }: LiveData, name: string, say: Say): number {
  const site = storage.transaction(() => {
    const made = sites.create(name);
    record('sites create', made.id, { name: made.name });
    return made;
  });
  say({ id: site.id, name: site.name }, [`${site.id}  ${site.name}`]);
  return 0;
}

const megabytes = ({ image_bytes, thumbnail_bytes }: SiteStorage) => ((image_bytes + thumbnail_bytes) / 1e6).toFixed(1);

function list({ sites, storage }: LiveData, say: Say): number {
  const items = sites.list();
  const bytes = new SiteBytes(
    storage,
    () => null,
    () => Infinity,
  );
  say(
    { items: items.map(({ id, name, settings }) => ({ id, name, ...settings, storage: bytes.of(id) })) },
    items.map((site) => `${lineOf(site)}  ${megabytes(bytes.of(site.id))} MB`),
  );
  return 0;
}

function set({ storage, sites, record }: LiveData, words: Words, say: Say): number {
  const [, id] = words.positionals;
  if (id === undefined) throw new UsageError('Say which site: altsmith sites set ID');
  const given = LIMITS.flatMap((name) => {
    const text = words.text(name);
    return text === undefined ? [] : [[name, valueOf(name, text)] as const];
  });
  const change = SiteLimitsChange.safeParse(Object.fromEntries(given));
  if (!change.success || given.length === 0) {
    const [issue] = change.error?.issues ?? [];
    throw new UsageError(
      issue === undefined
        ? 'Say what to set: --rate, --queue, --bytes or --weight.'
        : `--${issue.path.join('.')}: ${issue.message}`,
    );
  }
  const site = storage.transaction(() => {
    const changed = sites.update(id, { limits: change.data });
    if (changed === null) throw new AppError('NOT_FOUND', { site: id });
    record('sites set', changed.id, change.data);
    return changed;
  });
  say({ id: site.id, name: site.name, ...site.settings }, [lineOf(site)]);
  return 0;
}

/** The usual weight is 1, whatever the settings; the other limits have a setting, which null stands for. */
function valueOf(name: (typeof LIMITS)[number], text: string): number | null {
  if (text !== 'default') return decimalOf(text);
  return name === 'weight' ? 1 : null;
}

function lineOf({ id, name, settings: { limits } }: Site): string {
  const set = LIMITS.flatMap((limit) => {
    const value = limits[limit];
    return value === null || (limit === 'weight' && value === 1) ? [] : [`${limit} ${value}`];
  });
  return [id, name, ...set].join('  ');
}
