import { readdirSync } from 'node:fs';
import path from 'node:path';
import { freePort, isFree } from '../support/free-port';
import { SidecarProcess } from '../support/sidecar-process';
import { WordPressSite } from '../support/wordpress-site';

const PHOTOGRAPHS = path.resolve(__dirname, '../fixtures/images');
/** Where people look for the demo; another one is taken when it is in use. */
const PORT = 8089;
/** How many photographs go into the library. */
const HOW_MANY = 8;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Brings the demo up, says where it is, and stays until Ctrl-C. Gives the exit code. */
export async function runDemo(): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  say('Starting the sidecar …');
  const sidecar = await SidecarProcess.start();
  let site: WordPressSite | null = null;
  try {
    say('Starting WordPress on MariaDB …');
    site = await WordPressSite.start({
      port: (await isFree(PORT)) ? PORT : await freePort(),
      constants: { ALTSMITH_SIDECAR_URL: sidecar.url, ALTSMITH_SITE_KEY: sidecar.key },
    });
    say('Putting photographs into the library …');
    for (const file of readdirSync(PHOTOGRAPHS).slice(0, HOW_MANY)) {
      await site.sideload(path.join(PHOTOGRAPHS, file), path.parse(file).name);
    }
    tell(sidecar, site);
    const visits = setInterval(() => void site?.visit().catch(() => undefined), 5_000);
    await stopped;
    clearInterval(visits);
    say('\nStopping …');
  } finally {
    await site?.remove();
    await sidecar.remove();
  }
  return 0;
}

function tell(sidecar: SidecarProcess, site: WordPressSite): void {
  const { user, password, wordpress } = site.facts;
  say('');
  say(`  Review screen   ${site.url}/wp-admin/upload.php?page=altsmith-review`);
  say(`  Log in          ${user} / ${password}`);
  say(`  WordPress       ${wordpress} at ${site.url}`);
  say(`  Sidecar         ${sidecar.url}  (model mini, for demonstration only)`);
  say('');
  say('The photographs are being looked at; suggestions arrive on the review screen within a minute.');
  say('Nothing is written to a picture until you approve it. Ctrl-C stops everything and deletes the demo’s data.');
}
