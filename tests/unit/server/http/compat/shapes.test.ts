import type { IncomingMessage } from 'node:http';
import { AppError, CATALOGUE, isErrorCode } from '../../../../../server/errors';
import { foreignKey } from '../../../../../server/http/compat/credentials';
import { COMPAT_ROUTES, faceOf } from '../../../../../server/http/compat/faces';
import { wantsObject } from '../../../../../server/http/compat/hugging-face/reply-shape';
import { piecesOf } from '../../../../../server/http/compat/openai/event-stream';
import { jsonContent } from '../../../../../server/http/compat/openai/response-format';
import { pictureBytes } from '../../../../../server/http/compat/picture';

const PLACE = { path: '/x', requestId: 'request' };
const CODES = Object.keys(CATALOGUE).filter(isErrorCode);

describe('every error of the catalogue', () => {
  const shapes: Readonly<Record<string, unknown>> = {
    '/v1/chat/completions': {
      error: {
        message: expect.any(String),
        type: expect.any(String),
        code: expect.any(String),
        param: expect.anything(),
      },
    },
    '/hf': { error: expect.any(String) },
    '/replicate/v1/predictions': { title: expect.any(String), detail: expect.any(String), status: expect.any(Number) },
    '/eachlabs/v1/prediction': { error: expect.any(String) },
    '/modelrunner/queue/a/b': expect.objectContaining({ message: expect.any(String) }),
    '/api/generate': { error: expect.any(String) },
  };

  test.each(Object.entries(shapes))('has the shape of %s', (path, shape) => {
    for (const code of CODES) {
      const reply = faceOf(path)!.errorReply(
        new AppError(code, { problems: [{ where: 'body.a', problem: 'is b' }] }),
        PLACE,
      );
      expect(reply.body).toEqual(shape);
      expect(reply.status).toBeGreaterThanOrEqual(400);
      const wait = reply.headers?.['retry-after'];
      if (reply.status === 429) expect(wait).toMatch(/^([1-9]|[12]\d|30)$/);
    }
  });

  test('is never 409 for OpenAI’s clients when it is permanent, nor 503 for Hugging Face’s', () => {
    const route: (keyof typeof CATALOGUE)[] = [
      'IMAGE_MISSING',
      'IMAGE_CORRUPT',
      'KEY_INVALID',
      'QUESTION_MODEL_MISSING',
    ];
    for (const code of route) expect(faceOf('/v1/models')!.errorReply(new AppError(code), PLACE).status).not.toBe(409);
    for (const code of CODES) expect(faceOf('/hf')!.errorReply(new AppError(code), PLACE).status).not.toBe(503);
  });
});

test('every route belongs to its own face, and no other route to any', () => {
  for (const route of COMPAT_ROUTES) expect(faceOf(route.path)).toBe(route.face);
  for (const path of ['/', '/livez', '/v1/captions', '/v1/jobs', '/v1/models2', '/hfx', '/v1/predictions']) {
    expect(faceOf(path)).toBeNull();
  }
});

describe('the key', () => {
  const request = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;
  test.each([
    [{ authorization: 'Bearer abc' }, 'abc'],
    [{ authorization: 'key abc' }, 'abc'],
    [{ authorization: 'TOKEN abc' }, 'abc'],
    [{ 'x-api-key': 'abc' }, 'abc'],
    [{ authorization: 'Basic abc' }, ''],
    [{ authorization: 'Bearer' }, ''],
    [{ 'x-api-key': 'a b' }, ''],
    [{}, undefined],
  ])('of %j is %j', (headers, key) => {
    expect(foreignKey(request(headers))).toBe(key);
  });
});

describe('a picture as text', () => {
  test.each([
    ['a data URI', 'data:image/png;base64,aGk='],
    ['a data URI with parameters', 'data:image/png;name=a.png;base64,aGk='],
    ['bare base64', 'aGk='],
    ['base64 with line ends', 'aG\nk='],
  ])('is %s', (_what, text) => {
    expect(pictureBytes(text)?.toString()).toBe('hi');
  });

  test('is an address', () => {
    expect(pictureBytes('https://example.com/a.jpg')).toBeNull();
  });

  test.each(['data:image/svg+xml,<svg/>', 'ftp://example.com/a', 'file:///a', '', 'not base64!'])(
    'is not %j',
    (text) => {
      expect(() => pictureBytes(text)).toThrow('BAD_REQUEST');
    },
  );
});

describe('a reply of Hugging Face', () => {
  test.each([
    ['@huggingface/inference/4.13.14', undefined, false],
    ['@huggingface/inference/4.13.15', undefined, true],
    ['@huggingface/inference/4.14.0', undefined, true],
    ['@huggingface/inference/5.0.0', undefined, true],
    ['@huggingface/inference/3.99.99', undefined, false],
    ['python-requests/2', undefined, false],
    [undefined, undefined, false],
    [undefined, 'object', true],
    ['@huggingface/inference/5.0.0', 'list', false],
  ])('to %j with format %j: object %j', (agent, format, expected) => {
    expect(wantsObject(agent, format)).toBe(expected);
  });
});

test('a schema of strings is filled, and nothing else', () => {
  const schema = (properties: object) => ({ type: 'json_schema', json_schema: { schema: { properties } } });
  expect(jsonContent(undefined)('x')).toBe('x');
  expect(jsonContent({ type: 'text' })('x')).toBe('x');
  expect(jsonContent(schema({ a: { type: 'string' }, b: { type: 'string' } }))('x')).toBe('{"a":"x","b":"x"}');
  const many = (count: number, name = 'a') =>
    schema(Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}${at}`, { type: 'string' }])));
  expect(Object.keys(JSON.parse(jsonContent(many(32))('x')))).toHaveLength(32);
  const unbounded = [many(33), many(1, 'a'.repeat(64))];
  for (const wrong of [schema({ a: { type: 'number' } }), { type: 'json_object' }, 'json', schema([]), ...unbounded]) {
    expect(() => jsonContent(wrong)).toThrow('PARAMETER_UNSUPPORTED');
  }
});

test('a streamed text is cut into words, and a long one into no more than 200 pieces', () => {
  expect(piecesOf('a dog on  a\nbeach')).toEqual(['a', ' dog', ' on', '  a', '\nbeach']);
  expect(piecesOf('')).toEqual([]);
  const long = Array.from({ length: 5001 }, (_, at) => `word${at}`).join(' ');
  expect(piecesOf(long).length).toBeLessThanOrEqual(200);
  expect(piecesOf(long).join('')).toBe(long);
});
