// A small Payload with SQLite and one collection of images.
//   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… PAYLOAD_SECRET=… in the environment
import path from 'node:path';
import { sqliteAdapter } from '@payloadcms/db-sqlite';
import { buildConfig } from 'payload';
import sharp from 'sharp';
import { altsmith } from './altsmith.mjs';

const folder = path.resolve(process.env.PAYLOAD_DATA ?? 'data');

/** Address and key of the sidecar, and the collection it describes. */
export const settings = { collection: 'media', url: process.env.ALTSMITH_URL, key: process.env.ALTSMITH_KEY };

export default buildConfig({
  secret: process.env.PAYLOAD_SECRET ?? '',
  db: sqliteAdapter({ client: { url: `file:${folder}/payload.db` }, push: true }),
  sharp,
  typescript: { autoGenerate: false },
  collections: [
    { slug: 'users', auth: true, fields: [] },
    {
      slug: 'media',
      upload: { staticDir: path.join(folder, 'media'), mimeTypes: ['image/*'] },
      fields: [{ name: 'alt', type: 'text' }],
    },
  ],
  plugins: [altsmith({ ...settings, seconds: 0 })],
});
