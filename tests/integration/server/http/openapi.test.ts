import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ROUTES } from '../../../../server/http/route-table';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';

/** The validator that openapi-typescript itself reads documents with, in the version that it brings along. */
const { createConfig, lintFromString } = createRequire(require.resolve('openapi-typescript'))('@redocly/openapi-core');

const ROOT = path.resolve(__dirname, '../../../..');
let sidecar: TestSidecar;
let document: any;
beforeAll(async () => {
  sidecar = await TestSidecar.start();
  document = (await sidecar.call('GET', '/openapi.json')).body;
});
afterAll(() => sidecar.remove());

test('describes every route of ours, and no other', () => {
  const described = Object.entries<object>(document.paths).flatMap(([route, methods]) =>
    Object.keys(methods).map((method) => `${method} ${route}`),
  );
  const own = ROUTES.filter((route) => route.face === undefined).map((route) => `${route.method} ${route.path}`);
  expect(described.sort()).toEqual(own.sort());
});

test('every reference leads somewhere, and every operation has its own name', () => {
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!);
  expect(references.length).toBeGreaterThan(30);
  expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
  expect(text).not.toContain('$defs');
  const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('is valid OpenAPI, as a validator of its own sees it, which finds what is wrong', async () => {
  const config = await createConfig({ extends: ['spec'] });
  const problemsOf = async (source: object) => {
    const found = await lintFromString({ source: JSON.stringify(source), absoluteRef: '/openapi.json', config });
    return found.map(({ message }: { message: string }) => message);
  };
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(await problemsOf(document)).toEqual([]);
  const broken = structuredClone(document);
  broken.paths['/v1/status'].get.parametres = [];
  broken.paths['/v1/jobs'].get.responses['200'].content['application/json'].schema = 5;
  expect(await problemsOf(broken)).toHaveLength(2);
}, 120_000);

test('a client generated from it type-checks against what is sent and what the sidecar answers', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-openapi-'));
  try {
    const suggestion = await sidecar.suggest(samplePng(1), '1', { current: { alt_text: 'old' } });
    const answers = {
      '/v1/status': (await sidecar.call('GET', '/v1/status')).body,
      '/v1/jobs': (await sidecar.call('GET', '/v1/jobs')).body,
      '/v1/suggestions': (await sidecar.call('GET', '/v1/suggestions')).body,
      '/v1/suggestions/{id}': (await sidecar.call('GET', `/v1/suggestions/${suggestion.id}`)).body,
      '/v1/changes': (await sidecar.call('GET', '/v1/changes')).body,
      '/v1/runs': (await sidecar.call('GET', '/v1/runs')).body,
    };
    const by = { id: '1', name: 'Ada' };
    const id = String(suggestion.id);
    /** What is sent, with the good answer that comes of it. */
    const exchanges: { path: string; route?: string; status: number; body: any; reply?: unknown }[] = [
      { path: '/v1/runs', status: 201, body: { name: 'backfill' } },
      {
        path: '/v1/jobs',
        status: 202,
        body: {
          image_sha256: samplePng(1).sha256,
          subject: { type: 'attachment', id: '2' },
          priority: 'backfill',
          fields: ['alt_text', 'title'],
          context: { page_title: 'Dogs' },
          current: { alt_text: '' },
        },
      },
      {
        path: '/v1/decisions',
        status: 200,
        body: { decisions: [{ suggestion_id: id, action: 'reject', by, version: 1 }] },
      },
      {
        path: `/v1/suggestions/${id}/decision`,
        route: '/v1/suggestions/{id}/decision',
        status: 200,
        body: { action: 'reopen', by, version: 2 },
      },
      {
        path: `/v1/suggestions/${id}/decision`,
        route: '/v1/suggestions/{id}/decision',
        status: 200,
        body: { action: 'approve', values: { alt_text: 'a dog' }, by, version: 3 },
      },
      {
        path: `/v1/suggestions/${id}/write-back`,
        route: '/v1/suggestions/{id}/write-back',
        status: 200,
        body: { outcome: 'applied', before: { alt_text: 'old' }, after: { alt_text: 'a dog' } },
      },
    ];
    for (const one of exchanges) {
      const answer = await sidecar.call('POST', one.path, one.body);
      expect([one.path, answer.status]).toEqual([one.path, one.status]);
      one.reply = answer.body;
    }
    writeFileSync(path.join(folder, 'openapi.json'), JSON.stringify(document));
    const compilerOptions = { strict: true, noEmit: true, types: [], target: 'es2022', module: 'commonjs' };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
    const run = (bin: string, ...args: string[]) =>
      execFileSync(process.execPath, [path.join(ROOT, 'node_modules', bin), ...args], { cwd: folder, stdio: 'pipe' });
    run('openapi-typescript/bin/cli.js', 'openapi.json', '-o', 'client.d.ts');
    const check = (text: string) => {
      writeFileSync(path.join(folder, 'use.ts'), `import type { paths } from './client';\n${text}`);
      run('typescript/bin/tsc', '-p', '.');
    };
    const answer = (route: string, body: unknown) =>
      `export const ${route.replace(/\W+/g, '_')}: paths['${route}']['get']['responses'][200]['content']['application/json'] = ${JSON.stringify(body)};`;
    const sent = (exchange: (typeof exchanges)[number], at: number) => {
      const post = `paths['${exchange.route ?? exchange.path}']['post']`;
      const json = "['content']['application/json']";
      return [
        `export const sent${at}: NonNullable<${post}['requestBody']>${json} = ${JSON.stringify(exchange.body)};`,
        `export const reply${at}: ${post}['responses'][${exchange.status}]${json} = ${JSON.stringify(exchange.reply)};`,
      ].join('\n');
    };
    check([...Object.entries(answers).map(([route, body]) => answer(route, body)), ...exchanges.map(sent)].join('\n'));
    // It can fail: the same with a state that does not exist.
    const wrong = JSON.parse(JSON.stringify(answers['/v1/suggestions/{id}']));
    wrong.suggestion.state = 'published';
    expect(() => check(answer('/v1/suggestions/{id}', wrong))).toThrow();
    const job = exchanges[1]!;
    expect(() => check(sent({ ...job, body: { ...job.body, priority: 'at once' } }, 1))).toThrow();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
