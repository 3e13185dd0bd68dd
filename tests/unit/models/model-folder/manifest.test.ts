import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseManifest } from '../../../../models/model-folder/manifest';
import { ModelError } from '../../../../models/model-error';

const shipped = JSON.parse(
  readFileSync(path.resolve(__dirname, '../../../../models/mini/altsmith-model.json'), 'utf8'),
) as Record<string, unknown>;

function refusal(text: string): ModelError {
  try {
    parseManifest(text, 'some-model');
  } catch (error) {
    if (error instanceof ModelError) return error;
  }
  throw new Error('The manifest was accepted.');
}

it('the manifest that ships is accepted', () => {
  expect(parseManifest(JSON.stringify(shipped), 'mini').id).toBe('mini');
});

it.each([
  ['an empty file', ''],
  ['another JSON file', '{"model_type": "blip"}'],
  ['a file with another magic', JSON.stringify({ ...shipped, magic: 'other' })],
])('%s is refused as not a model manifest', (_, text) => {
  const error = refusal(text);
  expect(error.code).toBe('MODEL_FILE_DAMAGED');
  expect(error.message).toMatch(/is not a model manifest; pull or convert the model again/);
});

it('an older format says to pull or convert again, a newer one to update', () => {
  expect(refusal(JSON.stringify({ ...shipped, version: 0 })).message).toMatch(/format 0, .* reads 2: pull it again/);
  expect(refusal(JSON.stringify({ ...shipped, version: 3 })).message).toMatch(/format 3, .* reads 2: update Altsmith/);
});

it('a manifest with a field missing names the field', () => {
  expect(refusal(JSON.stringify({ ...shipped, dims: {} })).message).toMatch(/dims\.layers/);
});

it.each<[string, (manifest: any) => unknown]>([
  ['a graph', (manifest) => (manifest.graphs.vision = '../../.config/vision.onnx')],
  ['a vocabulary', (manifest) => (manifest.text.vocabulary = '/etc/passwd')],
  ['a listed file', (manifest) => (manifest.files[0].name = '..\\vision.onnx')],
  ['labels', (manifest) => (manifest.second_opinion.labels = '..')],
])('%s outside of the folder is refused', (_, change) => {
  const manifest = structuredClone(shipped);
  change(manifest);
  const error = refusal(JSON.stringify(manifest));
  expect(error.code).toBe('MODEL_FILE_DAMAGED');
  expect(error.message).toMatch(/is not the name of a file in the model’s folder/);
});
