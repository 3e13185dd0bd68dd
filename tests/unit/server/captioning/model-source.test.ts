import { pictureDeadline } from '../../../../server/captioning/model-source';

test('the longest time for a picture is that of the settings, whoever starts the workers', () => {
  expect(pictureDeadline({ modelFolder: 'models/mini' }, { pictureSeconds: 600 })).toEqual({ deadlineMs: 600_000 });
});

test('a model on another server has its own', () => {
  const modelServer = { address: 'http://127.0.0.1:1/v1', model: 'big', key: null, timeoutMs: 1000 };
  expect(pictureDeadline({ modelServer }, { pictureSeconds: 600 })).toEqual({});
});
