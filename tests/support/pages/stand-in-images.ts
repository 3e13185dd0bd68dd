import path from 'node:path';
import type { PageSession } from './session';

const ENTRY_POINTS = path.join(__dirname, 'images');

interface StandIn {
  /** Its name in compose.yaml. */
  readonly image: string;
  readonly suite: string;
  readonly packages: readonly string[];
  /** A file of `images/` that does what the real image's entry point does. */
  readonly entryPoint?: string;
}

export const REDIS: StandIn = {
  image: 'docker.io/library/redis:7-alpine',
  suite: 'bookworm',
  packages: ['redis-server', 'redis-tools'],
};
export const WORDPRESS: StandIn = {
  image: 'docker.io/library/wordpress:6-apache',
  suite: 'trixie',
  packages: [
    ...['apache2', 'libapache2-mod-php', 'php-mysql', 'php-gd', 'php-mbstring', 'php-xml', 'php-curl', 'php-zip'],
    ...['wordpress', 'wordpress-theme-twentytwentyfive'],
  ],
  entryPoint: 'wordpress',
};
export const MARIADB: StandIn = {
  image: 'docker.io/library/mariadb:11',
  suite: 'bookworm',
  packages: ['mariadb-server'],
  entryPoint: 'mariadb',
};

/** Makes what no registry can be asked for out of Debian's packages, under the name that compose.yaml has; once on a machine. */
export async function makeStandIn(owner: PageSession, { image, suite, packages, entryPoint }: StandIn): Promise<void> {
  const file = entryPoint === undefined ? null : path.join(ENTRY_POINTS, entryPoint);
  const hook = file === null ? '' : `--customize-hook='copy-in ${file} /usr/local/bin'`;
  const change = file === null ? '' : `--change 'ENTRYPOINT ["/usr/local/bin/${entryPoint}"]'`;
  const debian = `mmdebstrap --quiet --variant=minbase --include=${packages.join(',')} ${hook} ${suite} -`;
  await owner.ask(`docker image exists ${image} || ${debian} | docker import --quiet ${change} - ${image}`);
}
