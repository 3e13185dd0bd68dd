import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { bytesInFp32, bytesOfFile, findModel, knownModels, weightsFileOf } from '../../../../models/registry';
import { readHubSettings } from '../../../../models/fetch/hub-settings';

describe('the registry', () => {
  it('knows the official checkpoints and the model that ships', () => {
    expect(knownModels().map(({ id }) => id)).toEqual([
      'blip-base',
      'blip-large',
      'blip-vqa-base',
      'florence-2-base-ft',
      'florence-2-large-ft',
      'blip-2-flan-t5-xl',
      'blip-2-flan-t5-xl-coco',
      'mini',
      'opus-mt-en-de',
      'opus-mt-en-fr',
      'opus-mt-en-es',
      'opus-mt-en-it',
      'opus-mt-en-nl',
      'opus-mt-en-ar',
      'opus-mt-en-zh',
      'opus-mt-tc-big-en-pt',
    ]);
  });

  it('knows how much there is to pull of each, to the byte or about that', () => {
    for (const { source } of knownModels()) {
      if (source === null) continue;
      const weights = source.files.filter(({ name }) => /\.(bin|safetensors)$/.test(name));
      for (const file of weights) expect(bytesOfFile(source, file)).toBeGreaterThan(290_000_000);
    }
    const { source } = findModel('blip-2-flan-t5-xl');
    expect(bytesInFp32(source!)).toBe(15_770_000_000);
    expect(weightsFileOf(source!)).toBe('model.safetensors.index.json');
    expect(weightsFileOf(findModel('blip-2-flan-t5-xl-coco').source!)).toBe('pytorch_model.bin.index.json');
  });

  it('marks mini, and only mini, as a demonstration', () => {
    expect(knownModels().filter(({ demonstration }) => demonstration)).toEqual([findModel('mini')]);
  });

  it('answers an unknown id with those there are', () => {
    expect(() => findModel('blip-huge')).toThrow('There are: blip-base, blip-large, blip-vqa-base, florence-2-base-ft');
  });
});

describe('the hub’s settings', () => {
  it('are those of its own tools', () => {
    expect(
      readHubSettings({ HF_ENDPOINT: 'https://mirror.example/', HF_TOKEN: 't', HF_HOME: '/h', HF_HUB_OFFLINE: '1' }),
    ).toEqual({
      proxies: {},
      endpoint: 'https://mirror.example',
      token: 't',
      tokenFrom: 'HF_TOKEN',
      offline: true,
      cache: '/h/hub',
    });
  });

  it('have older names, and may begin with the home folder', () => {
    const env = { HUGGING_FACE_HUB_TOKEN: 't', HUGGINGFACE_HUB_CACHE: '~/cache', HF_HOME: '/nowhere' };
    expect(readHubSettings(env)).toMatchObject({ token: 't', cache: path.join(homedir(), 'cache') });
  });

  it('need no token file, nor one that can be read', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-hub-'));
    try {
      // A folder where a file is due cannot be read by anybody, root included.
      mkdirSync(path.join(folder, 'token'));
      expect(readHubSettings({ HF_HOME: folder }).token).toBeNull();
      rmSync(path.join(folder, 'token'), { recursive: true });
      writeFileSync(path.join(folder, 'token'), 'from-file\n');
      const { token, tokenFrom } = readHubSettings({ HF_HOME: folder });
      expect([token, tokenFrom]).toEqual(['from-file', path.join(folder, 'token')]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('default to the hub itself, without a token', () => {
    expect(readHubSettings({ XDG_CACHE_HOME: '/nowhere' })).toEqual({
      endpoint: 'https://huggingface.co',
      proxies: {},
      token: null,
      offline: false,
      cache: '/nowhere/huggingface/hub',
    });
  });
});
