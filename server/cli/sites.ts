import { readConfig } from '../config';
import { runCommand, UsageError, type Say, type Words } from './command';
import { withData, type LiveData } from './live-data';

const HELP = `Usage: altsmith sites <list|create>

  list                 the sites that this sidecar serves
  create NAME          a further site; give it a key with "altsmith keys create --site ID"
`;

/** `altsmith sites`. */
export function run(args: string[]): Promise<number> {
  const work = (words: Words, say: Say) => withData(readConfig(process.env), (live) => act(live, words, say));
  return runCommand({ help: HELP, work }, args);
}

function act({ sites }: LiveData, { positionals }: Words, say: Say): number {
  const [verb, ...name] = positionals;
  if (verb === 'list') {
    const items = sites.list();
    say(
      { items: items.map(({ id, name, settings }) => ({ id, name, ...settings })) },
      items.map((site) => `${site.id}  ${site.name}`),
    );
    return 0;
  }
  if (verb !== 'create' || name.length === 0) throw new UsageError('Say list, or create and a name.');
  const site = sites.create(name.join(' '));
  say({ id: site.id, name: site.name }, [`${site.id}  ${site.name}`]);
  return 0;
}
