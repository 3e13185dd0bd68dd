import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Environment, SECRETS } from '../../../server/config';
import { freePort } from '../../support/free-port';

// It comes without types.
const { load }: { load: (text: string) => unknown } = jest.requireActual('js-yaml');

const folder = path.resolve(__dirname, '../../../packaging/container');
const compose: any = load(readFileSync(path.join(folder, 'compose.yaml'), 'utf8'));
const services: [string, any][] = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.includes('altsmith'));
const containerfile = readFileSync(path.join(folder, 'Containerfile'), 'utf8');

test.each(ours)('%s has a read-only root, no capability, and time to stop', (_name, service) => {
  expect(service).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    restart: 'unless-stopped',
    stop_grace_period: '30s',
  });
  expect(service.user).toBeUndefined();
  expect(/^USER (.*)$/m.exec(containerfile)?.[1]).toBe('10001:10001');
});

test('the profiles are: the sidecar alone, with Redis and two workers, with a WordPress', () => {
  const withProfile = (profile?: string) =>
    services.filter(([, { profiles }]) => profiles?.[0] === profile).map(([name]) => name);
  expect(withProfile()).toEqual(['sidecar']);
  expect(withProfile('workers')).toEqual(['worker-1', 'worker-2', 'redis']);
  expect(withProfile('wordpress')).toEqual(['wordpress', 'database']);
});

test('every volume and secret that is used is declared, and no port is open to other machines', () => {
  for (const [, { volumes = [], secrets = [], ports = [] }] of services) {
    for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    for (const secret of secrets) expect(Object.keys(compose.secrets)).toContain(secret);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
});

test('every setting is one that exists', () => {
  const ofTheHub = ['HF_ENDPOINT'];
  const known = [...Object.keys(Environment.shape), ...SECRETS.map((name) => `${name}_FILE`), ...ofTheHub];
  const inCompose = ours.flatMap(([, { environment }]) => Object.keys(environment));
  const inImage = [...containerfile.matchAll(/(ALTSMITH_\w+)=/g)].map((match) => match[1] ?? '');
  expect(inCompose.length + inImage.length).toBeGreaterThan(8);
  for (const name of [...inCompose, ...inImage]) expect(known).toContain(name);
});

describe('the health check of the image', () => {
  const [program = '', flag, script = ''] = JSON.parse(
    /^ +CMD (\[.*\])$/m.exec(containerfile)?.[1] ?? '[]',
  ) as string[];
  const check = (port: number) =>
    new Promise<number | null>((resolve) => {
      const env = { ALTSMITH_PORT: String(port) };
      spawn(process.execPath, ['-e', script], { env }).once('exit', (code) => resolve(code));
    });

  test('runs the Node of the image', () => expect([program, flag]).toEqual(['/opt/altsmith/node/bin/node', '-e']));

  test.each([
    [200, 0],
    [503, 1],
  ])('an answer of %d on /readyz ends it with %d', async (status, code) => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/readyz' ? status : 404;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    expect(await check((server.address() as AddressInfo).port)).toBe(code);
    server.close();
  });

  test('no answer ends it with 1', async () => expect(await check(await freePort())).toBe(1));
});
