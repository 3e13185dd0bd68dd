import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { altsmith } from '../../support/altsmith-command';
import { writtenPictures, type WrittenPicture } from '../../support/ocr/pictures';
import { sha256Of } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';

const ROOT = path.resolve(__dirname, '../../..');
const GERMAN = 'node_modules/@tesseract.js-data/deu/4.0.0_best_int/deu.traineddata.gz';
let sign: WrittenPicture;

beforeAll(async () => {
  const found = (await writtenPictures()).find(({ kind, language }) => kind === 'sign' && language === 'en');
  if (found === undefined) throw new Error('no sign is drawn');
  sign = found;
});

/** What becomes of the sign: its suggestion, and a search for the last of its words. */
async function suggestionFor({ bytes, text }: WrittenPicture, env: NodeJS.ProcessEnv = {}) {
  const sidecar = await SidecarProcess.start({
    ALTSMITH_READ_WORDS: 'on',
    ALTSMITH_WORKERS: '1',
    ALTSMITH_LOG_LEVEL: 'warn',
    ...env,
  });
  try {
    const sha256 = sha256Of(bytes);
    await fetch(`${sidecar.url}/v1/images/${sha256}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${sidecar.key}`, 'content-type': 'image/png' },
      body: new Uint8Array(bytes),
    });
    const subject = { type: 'attachment', id: '1' };
    const { body } = await sidecar.call('POST', '/v1/jobs', { image_sha256: sha256, subject });
    let job = body.job;
    while (!['done', 'failed'].includes(job.state) && job.error === null)
      job = (await sidecar.call('GET', `/v1/jobs/${String(job.id)}?wait=25`)).body.job;
    const { suggestion } = (await sidecar.call('GET', `/v1/suggestions/${String(job.suggestion_id)}`)).body;
    const [word = ''] = text.toLowerCase().split(' ').slice(-1);
    const found = await sidecar.call('GET', `/v1/suggestions?q=${encodeURIComponent(word)}`);
    return { suggestion, found: found.body.items.map(({ id }: { id: string }) => id) };
  } finally {
    await sidecar.remove();
  }
}

test('the words of a sign stand beside the suggestion, are offered as alt text, and are found', async () => {
  const { text } = sign;
  const { suggestion, found } = await suggestionFor(sign);
  expect(suggestion.text_in_picture).toBe(text);
  expect(suggestion.alternatives).toContain(text);
  expect(suggestion.alternatives).toContain(`${String(suggestion.fields.alt_text)}, with the words “${text}”`);
  expect(suggestion.flags.map(({ code }: { code: string }) => code)).toContain('text_in_image');
  expect(found).toEqual([suggestion.id]);
}, 180_000);

test('ALTSMITH_READ_WORDS=off leaves them unread', async () => {
  const { suggestion, found } = await suggestionFor(sign, { ALTSMITH_READ_WORDS: 'off' });
  expect([suggestion.fields.alt_text, suggestion.text_in_picture, found]).toEqual([expect.any(String), null, []]);
}, 180_000);

test('altsmith doctor says in which languages words are read, and that it is no problem where they cannot be', async () => {
  const data = mkdtempSync(path.join(os.tmpdir(), 'altsmith-words-doctor-'));
  const lineOf = async (env: Record<string, string> = {}) => {
    const { json } = await altsmith(data, ['doctor', '--json'], env);
    const [{ state, sentence, advice }] = json.findings.filter((found: { check: string }) => found.check === 'words');
    return [state, sentence, advice];
  };
  try {
    mkdirSync(path.join(data, 'ocr'));
    copyFileSync(path.join(ROOT, GERMAN), path.join(data, 'ocr/deu.traineddata.gz'));
    expect(await lineOf()).toEqual([
      'ok',
      expect.stringMatching(/^Words in pictures are read in: (?=.*\ben\b).*\bde\b/),
      undefined,
    ]);
    const builds = ['tesseract.js-core/tesseract-core-simd-lstm', 'tesseract.js-core/tesseract-core-lstm'];
    const without = {
      NODE_OPTIONS: `--require ${path.join(ROOT, 'tests/support/without-module.cjs')}`,
      WITHOUT_MODULES: builds.join(','),
    };
    const told = [
      'note',
      expect.stringMatching(/^Words in pictures cannot be read: /),
      expect.stringContaining('npm install'),
    ];
    expect(await lineOf(without)).toEqual(told);
    expect(await lineOf({ ALTSMITH_READ_WORDS: 'off' })).toEqual(['ok', expect.stringContaining('is off'), undefined]);
  } finally {
    rmSync(data, { recursive: true });
  }
}, 120_000);

describe('altsmith ocr pull', () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(path.join(os.tmpdir(), 'altsmith-ocr-pull-'));
  });
  afterEach(() => rmSync(data, { recursive: true }));
  const ocr = (words: string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [path.join(ROOT, 'server/cli/index.js'), 'ocr', ...words, '--json'], {
      encoding: 'utf8',
      env: { ...process.env, ALTSMITH_DATA_DIR: data, ...env },
    });
  const germanIsHere = () => {
    const { items } = JSON.parse(ocr(['list']).stdout);
    return items.find(({ language }: { language: string }) => language === 'de').here;
  };

  test('takes a package of npm, and only the file that it should be', () => {
    const packed = path.join(data, 'packed/package/4.0.0_best_int');
    mkdirSync(packed, { recursive: true });
    const pack = (from: string) => {
      copyFileSync(path.join(ROOT, from), path.join(packed, 'deu.traineddata.gz'));
      const file = path.join(data, 'tesseract.js-data-deu-1.0.0.tgz');
      expect(spawnSync('tar', ['czf', file, '-C', path.join(data, 'packed'), 'package']).status).toBe(0);
    };
    pack('package.json');
    const wrong = ocr(['pull', 'de_AT', '--from', data]);
    expect([wrong.status, JSON.parse(wrong.stdout).error.code]).toEqual([1, 'MODEL_FILE_DAMAGED']);
    expect(germanIsHere()).toBe(false);
    pack(GERMAN);
    expect(ocr(['pull', 'de_AT', '--from', data])).toMatchObject({ status: 0, stdout: '{"pulled":["de"]}\n' });
    expect(germanIsHere()).toBe(true);
  }, 120_000);

  test('says in one sentence that the registry is not there, and that everything goes on', () => {
    const away = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0', npm_config_cache: data };
    const { status, stdout } = ocr(['pull', 'fr'], away);
    expect([status, JSON.parse(stdout).error]).toEqual([
      1,
      { code: 'HUB_UNREACHABLE', message: expect.stringMatching(/^The package .* everything else goes on\./) },
    ]);
  }, 120_000);
});
