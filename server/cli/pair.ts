import { z } from 'zod';
import { readConfig, type Config } from '../config';
import { PairingReply } from '../contract/pairing';
import { AppError } from '../errors';
import { refuseMoreThan, runCommand, UsageError, type Say, type Words } from './command';
import { withData, type LiveData } from './live-data';

const HELP = `Usage: altsmith pair [--site ID] [--name NAME]

Shows a one-time code that connects WordPress: it goes into Settings → Altsmith there, together with the address, so that no
key has to be copied. Good for ten minutes and for one use. The sidecar must be running.

  --site ID    for this site; without it the only one there is
  --name NAME  what the key will be called in "altsmith keys list"
`;

const DEADLINE_MS = 10_000;
const Refusal = z.object({ error: z.object({ message: z.string(), code: z.string() }) });

/** `altsmith pair`. */
export function run(args: string[]): Promise<number> {
  const options = { site: { type: 'string' as const }, name: { type: 'string' as const } };
  const work = (words: Words, say: Say) => {
    refuseMoreThan(0, words);
    const config = readConfig(process.env);
    if (config.port === 0) throw new UsageError('With ALTSMITH_PORT=0 the port of the sidecar is not known here.');
    return withData(config, (live) => pair(config, live, { words, say }));
  };
  return runCommand({ help: HELP, options, work }, args);
}

async function pair(
  config: Config,
  live: LiveData,
  { words, say }: { readonly words: Words; readonly say: Say },
): Promise<number> {
  const siteId = siteOf(live, words.text('site'));
  // Only the running sidecar knows its codes. It is asked with a key that ends as soon as it has answered.
  const key = live.keys.create({ scope: 'site', siteId, name: 'altsmith pair' });
  try {
    const answer = await ask(config, key.text, words.text('name'));
    if (answer === null) {
      process.stderr.write(
        `No sidecar answers at ${localAddress(config)}: start it first, with the same ALTSMITH_PORT and ALTSMITH_DATA_DIR.\n`,
      );
      return 1;
    }
    if ('error' in answer) {
      process.stderr.write(`${answer.error.message} (${answer.error.code})\n`);
      return 1;
    }
    const { code, expires_in_seconds: seconds, address } = answer.pairing;
    const url = config.publicUrl?.origin ?? address;
    live.record('pair', siteId);
    say({ address: url, code, expires_in_seconds: seconds, site_id: siteId }, [
      'In WordPress, under Settings → Altsmith, enter:',
      `  Sidecar address  ${url}`,
      `  One-time code    ${code}   (good for ${Math.round(seconds / 60)} minutes and one use)`,
    ]);
    return 0;
  } finally {
    live.keys.revoke(key.id);
  }
}

function siteOf({ sites }: LiveData, wanted: string | undefined): string {
  const [only, ...others] = sites.list().filter((site) => wanted === undefined || site.id === wanted);
  if (only === undefined) throw new AppError('NOT_FOUND', { site: wanted });
  if (others.length > 0)
    throw new UsageError('There are several sites; say --site ID. "altsmith sites list" shows them.');
  return only.id;
}

/** How this machine reaches it, whatever others reach. */
function localAddress({ host, port }: Config): string {
  const name = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Null where nobody answers as a sidecar. */
async function ask(
  config: Config,
  key: string,
  name: string | undefined,
): Promise<PairingReply | z.infer<typeof Refusal> | null> {
  try {
    const answer = await fetch(`${localAddress(config)}/v1/pairings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(name === undefined ? {} : { name }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return z.union([PairingReply, Refusal]).parse(await answer.json());
  } catch {
    return null;
  }
}
