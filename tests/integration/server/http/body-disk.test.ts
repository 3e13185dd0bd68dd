import http from 'node:http';
import { KeyStore } from '../../../../server/sites/key-store';
import { SiteStore } from '../../../../server/sites/site-store';
import { openDatabase } from '../../../../server/storage/database';
import path from 'node:path';
import { samplePng } from '../../../support/sample-image';
import { SmallDisk, testWithDisk } from '../../../support/small-disk';
import { TestSidecar } from '../../../support/test-sidecar';

const TEN_MB = 10_000_000;

/** A body that begins to arrive and does not end. Resolves with the status if it is refused. */
function slowBody(url: string, key: string, sha256: string): { request: http.ClientRequest; status: Promise<number> } {
  const request = http.request(`${url}/v1/images/${sha256}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-length': TEN_MB, 'content-type': 'application/octet-stream' },
  });
  const status = new Promise<number>((resolve) => {
    request.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    request.on('error', () => resolve(0));
  });
  request.write(samplePng(1).bytes);
  return { request, status };
}

function keyOfAnotherSite(dataDir: string): string {
  const storage = openDatabase(path.join(dataDir, 'altsmith.db'));
  try {
    const { id } = new SiteStore(storage).create('another');
    return new KeyStore(storage).create({ scope: 'site', siteId: id, name: 'k' }).text;
  } finally {
    storage.close();
  }
}

testWithDisk(
  'slow bodies of one site, with several keys, leave another room on a small disk',
  async () => {
    const disk = SmallDisk.make(40);
    const sidecar = await TestSidecar.start({ dataDir: disk.folder });
    const { code } = (await sidecar.call('POST', '/v1/pairings', { name: 'second' })).body.pairing;
    const second = (await sidecar.call('POST', `/v1/pairings/${code}`, {}, { key: null })).body.key as string;
    const other = keyOfAnotherSite(sidecar.dataDir);
    const keys = [sidecar.key, second, sidecar.key, second, sidecar.key];
    const slow = keys.map((key, index) => slowBody(sidecar.url, key, samplePng(index + 10).sha256));
    try {
      const refused = await Promise.all(slow.slice(1).map(({ status }) => status));
      expect(refused).toEqual([429, 429, 429, 429]);
      const image = samplePng(2);
      expect((await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes, { key: other })).status).toBe(201);
      const job = { image_sha256: image.sha256, subject: { type: 'attachment', id: '1' } };
      expect((await sidecar.call('POST', '/v1/jobs', job, { key: other })).status).toBe(202);
    } finally {
      for (const { request } of slow) request.destroy();
      await sidecar.stop();
      disk.remove();
    }
  },
  60_000,
);
