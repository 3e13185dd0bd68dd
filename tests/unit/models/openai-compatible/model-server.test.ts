import { serverAddress } from '../../../../models/openai-compatible/model-server';
import type { ConfigError } from '../../../../server/config';
import { readConfig } from '../../../../server/config';

test.each([
  ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
  ['http://127.0.0.1:11434', 'http://127.0.0.1:11434/v1'],
  ['http://gpu.lan:8000/v1/', 'http://gpu.lan:8000/v1'],
  ['https://models.example/openai/v1', 'https://models.example/openai/v1'],
  ['http://[::1]:8080', 'http://[::1]:8080/v1'],
])('%s is asked at %s', (given, address) => {
  expect(serverAddress(given)).toBe(address);
});

test.each([
  '',
  'localhost:11434',
  'ftp://x/v1',
  'file:///etc/passwd',
  'http://ada:secret@x/v1',
  'http://x/v1?key=1',
  'http://x/v1#a',
])('%j is no address of a model server', (given) => {
  expect(serverAddress(given)).toBeNull();
});

const wanted = { ALTSMITH_MODEL: 'openai-compatible' };
const server = { ALTSMITH_MODEL_SERVER: 'http://127.0.0.1:1', ALTSMITH_MODEL_SERVER_MODEL: 'llava' };

test('without the settings no picture goes anywhere', () => {
  expect(readConfig({}).modelServer).toBeNull();
});

test('address and name are needed together, and all that is wrong is said at once', () => {
  const problems = (env: NodeJS.ProcessEnv) => {
    try {
      readConfig(env);
    } catch (error) {
      return (error as ConfigError).message.split('\n').map((line) => line.split(':')[0]);
    }
    return [];
  };
  expect(problems(wanted)).toEqual(['ALTSMITH_MODEL_SERVER', 'ALTSMITH_MODEL_SERVER_MODEL']);
  expect(problems({ ...wanted, ALTSMITH_MODEL_SERVER: 'http://127.0.0.1:1' })).toEqual(['ALTSMITH_MODEL_SERVER_MODEL']);
  expect(problems({ ...wanted, ...server, ALTSMITH_MODEL_SERVER: 'nowhere' })).toEqual(['ALTSMITH_MODEL_SERVER']);
  expect(problems({ ...wanted, ...server, ALTSMITH_MODEL_SERVER_MODEL: 'a\u202eb' })).toEqual([
    'ALTSMITH_MODEL_SERVER_MODEL',
  ]);
  expect(problems({ ...wanted, ...server })).toEqual([]);
});

test('the settings as the captioner gets them', () => {
  const settings = { ...wanted, ...server, ALTSMITH_MODEL_SERVER_KEY: 'k', ALTSMITH_MODEL_SERVER_SECONDS: '7' };
  expect(readConfig(settings).modelServer).toEqual({
    address: 'http://127.0.0.1:1/v1',
    model: 'llava',
    key: 'k',
    timeoutMs: 7000,
  });
});
