import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROUTES } from '../../../../server/http/route-table';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';

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

test('a client generated from it type-checks against what the sidecar answers', async () => {
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
    check(
      Object.entries(answers)
        .map(([route, body]) => answer(route, body))
        .join('\n'),
    );
    // It can fail: the same with a state that does not exist.
    const wrong = JSON.parse(JSON.stringify(answers['/v1/suggestions/{id}']));
    wrong.suggestion.state = 'published';
    expect(() => check(answer('/v1/suggestions/{id}', wrong))).toThrow();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
