import { readFileSync } from 'node:fs';
import path from 'node:path';
import { callPackaging, ROOT } from '../support/packed';
import { prepareContainer } from '../support/pages/container-release';
import { caption, claim, CODE, NewSite } from '../support/pages/first-text';
import { OwnersMachine } from '../support/pages/machine';
import { readPage } from '../support/pages/page';
import { waitFor } from '../support/wait-for';

// A person has five minutes; npm and a compiler on a busy machine may take longer.
jest.setTimeout(1_200_000);

const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };

interface Way {
  readonly page: string;
  readonly ownRoot: boolean;
  /** Puts the files of a release where the page expects them. */
  readonly prepare: (machine: OwnersMachine) => void;
  readonly rewrite?: (command: string) => string;
  /** Shows a one-time code, where the installation has not. */
  readonly pair: string;
  /** Takes the data away, as they are on a machine that is new. */
  readonly forget: string;
  /** What is left to do where a command of the page failed. */
  readonly clean?: string;
}

const WAYS: readonly Way[] = [
  {
    page: 'systemd',
    ownRoot: true,
    prepare: ({ work }) => callPackaging('archive.js', 'it.makeArchive(process.argv[2])', work),
    pair: 'sudo altsmith pair',
    forget: 'sudo systemctl stop altsmith; rm -rf /var/lib/altsmith/* /etc/altsmith/*',
  },
  {
    page: 'container',
    ownRoot: false,
    prepare: prepareContainer,
    pair: 'docker compose exec sidecar altsmith pair',
    forget: 'docker compose down --volumes && docker compose up --detach',
    clean: 'docker compose down --volumes',
  },
  {
    page: 'package',
    ownRoot: false,
    prepare: ({ work }) => callPackaging('archive.js', 'it.pack(process.argv[2])', work),
    pair: 'node_modules/.bin/altsmith pair',
    forget: 'mv data data-of-the-other-machine',
  },
  {
    page: 'checkout',
    ownRoot: false,
    prepare: () => undefined,
    rewrite: (command) => command.replace('git clone --quiet …', `git clone --quiet ${ROOT}`),
    pair: 'node server/cli/index.js pair',
    forget: 'mv data data-of-the-other-machine',
  },
];

/** What `altsmith start` has captioned by itself. */
const PROOF = /^ {2}proof +\S+ → “.*cat.*”/m;

/** A caption with the key that a one-time code in this text is exchanged for. */
async function captionByCode(url: string, said: string): Promise<string> {
  const [code = ''] = CODE.exec(said) ?? [];
  return caption(url, await claim(url, code));
}

/** When it was ready for the first time; null where the test ended before that. */
const firstTime = (url: string, test: { isOver: boolean }) =>
  waitFor('/readyz', async () => test.isOver || ((await fetch(`${url}/readyz`)).ok && Date.now()), {
    timeoutMs: 600_000,
  });

test.each(WAYS)('every command of the page $page is true, and it leads to the first text', async (way) => {
  const page = readPage(way.page);
  const blocks = (section: string) => page.get(section) ?? [];
  const test = { isOver: false };
  const machine = await OwnersMachine.create();
  const visitor = await NewSite.open();
  try {
    way.prepare(machine);
    const started = Date.now();
    const seconds = (at: number) => ((at - started) / 1000).toFixed(1);
    const ready = firstTime(machine.url, test);
    ready.catch(() => undefined);
    const owner = machine.session({
      ownRoot: way.ownRoot,
      ...(way.rewrite === undefined ? {} : { rewrite: way.rewrite }),
    });
    let said = '';
    for (const block of blocks('Install')) said = await owner.follow(block);
    const readyAt = Number(await ready);
    for (const block of blocks('Connect WordPress')) said = await owner.follow(block);
    const [code = ''] = CODE.exec(said) ?? [];
    expect(code).not.toBe('');
    const provedAt = PROOF.test(said) ? Date.now() : null;
    const isService = blocks('Connect WordPress').length > 0;
    const terminal = isService ? owner : machine.session({ cwd: path.join(machine.work, 'altsmith') });
    expect(await captionByCode(machine.url, await terminal.ask(way.pair))).toContain('cat');
    const captionAt = provedAt ?? Date.now();
    const text = await visitor.firstText(machine.url, code);
    const approvedAt = Date.now();
    expect(text).toContain('cat');
    process.stdout.write(
      `${way.page} ${version}: /readyz after ${seconds(readyAt)} s, first caption after ${seconds(captionAt)} s, ` +
        `first approved text after ${seconds(approvedAt)} s (“${text}”)\n`,
    );
    const [here = [], there = []] = blocks('Move to another machine');
    await owner.follow(here);
    await owner.ask(way.forget);
    await owner.follow(there);
    for (const block of blocks('Remove')) await owner.follow(block);
  } finally {
    test.isOver = true;
    await visitor.close();
    if (way.clean !== undefined) await machine.session().ask(`${way.clean} || true`);
    await machine.remove();
  }
});

test('the pages name the version that there is', () => {
  const pages = ['systemd', 'container', 'package', 'checkout'];
  const named = pages.flatMap((page) => {
    const text = readFileSync(path.join(ROOT, 'docs/install', `${page}.md`), 'utf8');
    return [...text.matchAll(/altsmith(?:-wordpress)?[- ](\d+\.\d+\.\d+(?:-[a-z]+\.\d+)?)/gi)].map((match) => match[1]);
  });
  expect(new Set(named)).toEqual(new Set([version]));
});
