import { randomBytes } from 'node:crypto';
import { SiteBytes } from '../../../../server/intake/site-bytes';
import { freshDatabase, siteOf } from '../../../support/suggestion-rows';

test('without a bound a site leaves free as much as it takes, so that none fills the disk', () => {
  const storage = freshDatabase();
  const [greedy, other] = [siteOf(storage, 'greedy').id, siteOf(storage, 'other').id];
  let free = 1_000_000;
  const bytes = new SiteBytes(
    storage,
    (siteId) => (siteId === 'bounded' ? 2_000_000 : null),
    () => free,
  );
  const keep = (siteId: string, size: number) => {
    bytes.requireRoom(siteId, size);
    const add = storage.prepare(
      `INSERT INTO images (site_id, sha256, bytes, width, height, media_type, received_at) VALUES (?, ?, ?, 1, 1, 'image/png', 0)`,
    );
    add.run(siteId, randomBytes(32).toString('hex'), size);
    free -= size;
  };
  for (let n = 0; n < 10; n += 1) keep(greedy, 50_000);
  expect(() => keep(greedy, 50_000)).toThrow('SITE_FULL');
  keep(other, 200_000);
  // What is described goes, and there is room again.
  storage.prepare('UPDATE images SET original = 0 WHERE site_id = ?').run(greedy);
  free += 500_000;
  keep(greedy, 50_000);
  // A bound that somebody has set is the only one, and a full disk is told by its own error.
  bytes.requireRoom('bounded', 2_000_000);
  free = 0;
  bytes.requireRoom(greedy, 50_000);
  storage.close();
});
