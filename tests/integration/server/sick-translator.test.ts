import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openDatabase } from '../../../server/storage/database';
import { ToyTranslator } from '../../support/models/toy-translator';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

// The translator is a real process of the build, with the tiny model that was taught its few sentences.

test('a text is translated once its damaged translator is mended, and nothing is held against it meanwhile', async () => {
  const toy = await ToyTranslator.make();
  const sidecar = await TestSidecar.start();
  try {
    sidecar.engine.says = () => 'a man sitting on a wooden table';
    toy.pullInto(sidecar.dataDir);
    const folder = path.join(sidecar.dataDir, 'models/toy-de/fp32');
    const graph = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.onnx')) ?? '');
    const whole = readFileSync(graph);
    truncateSync(graph, 100);
    expect(await sidecar.suggest(samplePng(1), '1', { language: 'de' })).toMatchObject({
      translator: null,
      fields: { alt_text: 'A man sitting on a wooden table' },
    });
    const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
    const translation = storage.prepare(
      "SELECT state, failures, crashes, doubts FROM jobs WHERE needs = 'translate' AND attempts > 0 AND state = 'waiting'",
    );
    const row = await waitFor('the end of an attempt', () => Promise.resolve(translation.get()));
    expect(row).toEqual({ state: 'waiting', failures: 0, crashes: 0, doubts: null });
    storage.close();
    writeFileSync(graph, whole);
    await waitFor('the translation', async () =>
      (await sidecar.call('GET', '/v1/suggestions?state=pending')).body.items.find(
        ({ fields }: any) => fields.alt_text === 'Ein Mann sitzt auf einem Holztisch',
      ),
    );
  } finally {
    await sidecar.remove();
    toy.remove();
  }
});
