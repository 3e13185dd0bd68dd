import { buildEraser } from '../composition/erasing';
import { readConfig } from '../config';
import { Sha256, Subject } from '../contract/primitives';
import { AppError } from '../errors';
import type { Eraser, Erasing } from '../retention/eraser';
import type { ErasureOwner } from '../retention/erasure';
import { ErasureStore } from '../retention/erasure-store';
import { InstanceStore } from '../sites/instance-store';
import { CopyWatch } from '../storage/held-copies';
import { runCommand, UsageError, type Say, type Words } from './command';
import { withData, type LiveData } from './live-data';

const HELP = `Usage: altsmith erase <image|video|subject|site> …

  image SHA256         a picture and all that was written about it
  video SHA256         a video, its frames and its poster, and all that was written about it
  subject TYPE ID      what was written for a subject, such as: attachment 7; and its pictures that no other shares
  site ID              a whole site with its keys

  --site ID            whose picture or subject it is, where there are several sites
  --instance ID        which installation's, where several speak for the site

What is erased is overwritten in the database. Backups made before hold it until they go, and a restore leaves it out.
A running sidecar may go on running.
`;

/** A running sidecar waits for the lock of this process while it answers nobody, so it gets its turn between two steps. */
const PAUSE_MS = 10;

/** `altsmith erase`. */
export function run(args: string[]): Promise<number> {
  const options = { site: { type: 'string' }, instance: { type: 'string' } } as const;
  const work = (words: Words, say: Say) => withData(readConfig(process.env), (live) => act(live, words, say));
  return runCommand({ help: HELP, options, work }, args);
}

async function act(live: LiveData, words: Words, say: Say): Promise<number> {
  const { data, storage } = live;
  const eraser = buildEraser({
    storage,
    data,
    store: new ErasureStore(storage, data),
    plan: readConfig(process.env).backups,
    copies: new CopyWatch(data),
    pauseMs: PAUSE_MS,
  });
  const [kind, id] = words.positionals;
  // The audit log keeps how much of a picture or subject was erased, and nothing that names it.
  const event = { action: `erase ${kind ?? ''}`, target: kind === 'site' ? (id ?? '') : (kind ?? '') };
  const erasing = await live.recordAround(event, erasureOf(eraser, live, words), ({ erased }) => ({ ...erased }));
  tell(erasing, say);
  return 0;
}

/** What is to be done, once the words are known to say it. */
function erasureOf(eraser: Eraser, live: LiveData, words: Words): () => Promise<Erasing> {
  const [kind, first, second, ...more] = words.positionals;
  if (first === undefined || more.length > 0)
    throw new UsageError('Say what: image SHA256, video SHA256, subject TYPE ID, or site ID.');
  if (kind === 'site' && second === undefined) return () => wholeSite(eraser, first);
  if ((kind === 'image' || kind === 'video') && second === undefined) {
    const sha256 = Sha256.safeParse(first);
    if (!sha256.success) throw new UsageError(`The hash ${sha256.error.issues[0]?.message ?? 'is none'}.`);
    const owner = ownerOf(live, words);
    return () => eraser.image(owner, sha256.data);
  }
  const subject = Subject.safeParse({ type: first, id: second });
  if (kind !== 'subject' || !subject.success)
    throw new UsageError('Say what: image SHA256, video SHA256, subject TYPE ID, or site ID.');
  const owner = ownerOf(live, words);
  return () => eraser.subject(owner, subject.data);
}

async function wholeSite(eraser: Eraser, siteId: string): Promise<Erasing> {
  return (await eraser.site(siteId, Infinity)) ?? (await eraser.underWay());
}

/** Never a guess: the same subject id is another picture in another installation. Throws NOT_FOUND. */
function ownerOf({ storage, sites }: LiveData, words: Words): ErasureOwner {
  const wanted = words.text('site');
  const [site, ...others] = sites.list().filter(({ id }) => wanted === undefined || id === wanted);
  if (site === undefined) throw new AppError('NOT_FOUND', { site: wanted });
  if (others.length > 0)
    throw new UsageError('There are several sites; say --site ID. "altsmith sites list" shows them.');
  const name = words.text('instance');
  const instances = new InstanceStore(storage, site.id).list();
  const [instance, ...more] = instances.filter(({ id }) => name === undefined || id === name);
  if (instance === undefined) throw new AppError('NOT_FOUND', { instance: name });
  if (more.length > 0) {
    const names = instances.map(({ id, address }) => `  ${id ?? '""'}  ${address ?? ''}`).join('\n');
    throw new UsageError(`Several installations speak for this site; say --instance ID, one of:\n${names}`);
  }
  return { siteId: site.id, instance: instance.number };
}

function tell({ erased, backups, backupsUntil }: Erasing, say: Say): void {
  const until = backupsUntil === null ? null : new Date(backupsUntil).toISOString();
  const { suggestions, jobs, images } = erased;
  say({ erased, backups, backups_until: until }, [
    `Erased: ${suggestions} suggestions, ${jobs} jobs, ${images} pictures.`,
    ...(backups === 0
      ? []
      : [`${backups} backups may still hold it${until === null ? '' : ` until ${until}`}; a restore leaves it out.`]),
  ]);
}
