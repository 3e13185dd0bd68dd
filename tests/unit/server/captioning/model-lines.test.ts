import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modelLines } from '../../../../server/captioning/model-lines';

it('only the model that ships needs no download, whatever is known of the sizes of the others', () => {
  const pulled = mkdtempSync(path.join(tmpdir(), 'altsmith-lines-'));
  try {
    const ships = modelLines(pulled).filter(({ download_bytes }) => download_bytes === 0);
    expect(ships.map(({ id }) => id)).toEqual(['mini']);
  } finally {
    rmSync(pulled, { recursive: true });
  }
});
