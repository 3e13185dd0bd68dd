'use strict';
// The programs outside npm that some tests need. Where this may be done (Debian or Ubuntu, as root) they are installed;
// elsewhere the parts that need them are skipped, with one line each.
const { execFileSync, spawnSync } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { run } = require('./children');

const PHP_EXTENSIONS = ['gd', 'curl', 'mbstring', 'xml', 'zip', 'intl', 'mysqli'];

function phpModules() {
  return execFileSync('php', ['-m'], { encoding: 'utf8' }).toLowerCase().split('\n');
}

/** What a part needs: how to see that it is there, and the Debian packages that bring it. */
const NEEDS = {
  php: {
    what: 'PHP with the extensions WordPress uses',
    found: () => onPath('php') && PHP_EXTENSIONS.every((name) => phpModules().includes(name)),
    packages:
      'php-cli php-gd php-curl php-mbstring php-xml php-zip php-intl php-mysql php-sqlite3 unzip curl ca-certificates',
  },
  phpunit: { what: 'PHPUnit', found: () => onPath('phpunit'), packages: 'phpunit' },
  phpcs: { what: 'PHP_CodeSniffer', found: () => onPath('phpcs'), packages: 'php-codesniffer' },
  mariadb: { what: 'MariaDB', found: () => onPath('mariadbd'), packages: 'mariadb-server' },
  chromium: {
    what: 'Chromium',
    found: () => existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium'),
    packages: 'chromium fonts-dejavu-core fonts-noto-color-emoji',
  },
  apt: { what: 'apt, which fetches other versions of WordPress,', found: () => onPath('apt-get'), packages: 'apt' },
  nginx: { what: 'nginx', found: () => onPath('nginx'), packages: 'nginx-light' },
  apache: { what: 'Apache', found: () => onPath('apache2'), packages: 'apache2' },
  caddy: { what: 'Caddy', found: () => onPath('caddy'), packages: 'caddy' },
  systemd: { what: 'systemd-analyze', found: () => onPath('systemd-analyze'), packages: 'systemd' },
  ffmpeg: { what: 'ffmpeg', found: () => onPath('ffmpeg') && onPath('ffprobe'), packages: 'ffmpeg' },
  containers: {
    what: 'Podman with all that makes and runs a container without a registry of images',
    found: () => ['podman', 'buildah', 'runc', 'catatonit', 'mmdebstrap'].every(onPath),
    packages: 'podman buildah runc catatonit netavark aardvark-dns mmdebstrap',
  },
  venv: {
    what: "Python's venv with pip",
    found: () => spawnSync('python3', ['-c', 'import ensurepip, venv']).status === 0,
    packages: 'python3-venv',
  },
  compiler: {
    what: 'a C++ compiler with make and Python',
    found: () => ['g++', 'make', 'python3'].every(onPath),
    packages: 'g++ make python3',
  },
  git: { what: 'git', found: () => onPath('git'), packages: 'git' },
  redis: { what: 'Redis', found: () => onPath('redis-server'), packages: 'redis-server' },
};

function onPath(name) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(path.join(folder, name)));
}

function isDebianRoot() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^ID(_LIKE)?=.*debian/m.test(release) && process.getuid?.() === 0;
}

const missing = (names) => names.filter((name) => !NEEDS[name].found());

/** Installs what is missing where that is allowed. Gives the names that are still missing afterwards. */
async function provide(names) {
  const wanted = missing(names);
  if (wanted.length === 0 || !isDebianRoot()) return wanted;
  const packages = wanted.flatMap((name) => NEEDS[name].packages.split(' '));
  console.log(`Installing ${packages.join(' ')} …`);
  // RUNLEVEL=1 keeps the packages from starting services: the tests start their own, on their own ports.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
  await run('apt-get', ['update', '-qq'], { env, quiet: true });
  // A second try: a mirror that is being updated refuses now and then.
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const { code, output } = await run('apt-get', install, { env, quiet: true });
    if (code === 0) break;
    console.log(output.split('\n').slice(-15).join('\n'));
  }
  return missing(names);
}

/** One plain line about a thing that is not there. */
function sentence(name) {
  return `${NEEDS[name].what} is not here; on Debian: apt-get install ${NEEDS[name].packages}`;
}

module.exports = { provide, sentence, isDebianRoot };
