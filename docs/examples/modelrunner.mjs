// ModelRunner's clients, and fal's, which they are made from, have their host compiled in: one function of the
// configuration sends their requests here. The rest is as in their documentation.
//   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… node docs/examples/modelrunner.mjs picture.jpg
import { readFile } from 'node:fs/promises';
import { createFalClient } from '@fal-ai/client';

const base = `${process.env.ALTSMITH_URL}/modelrunner`;
const client = createFalClient({
  credentials: process.env.ALTSMITH_KEY,
  requestMiddleware: async (request) => ({
    ...request,
    url: request.url
      .replace(/^https:\/\/queue\.(modelrunner|fal)\.run/, `${base}/queue`)
      .replace(/^https:\/\/(modelrunner|fal)\.run/, base),
  }),
});

const result = await client.subscribe('microsoft/florence-2-large/caption', {
  input: { image_url: `data:image/jpeg;base64,${(await readFile(process.argv[2])).toString('base64')}` },
});

console.log(result.data);
