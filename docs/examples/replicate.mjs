// The example on the page of salesforce/blip, with another address and key.
//   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… node docs/examples/replicate.mjs picture.jpg
import { readFile } from 'node:fs/promises';
import Replicate from 'replicate';

const replicate = new Replicate({
  auth: process.env.ALTSMITH_KEY,
  baseUrl: `${process.env.ALTSMITH_URL}/replicate/v1`,
});

const output = await replicate.run('salesforce/blip:2e1dddc8621f72155f24cf2e0adbde548458d3cab9f00c0139eea840d0ac4746', {
  input: { task: 'image_captioning', image: await readFile(process.argv[2]) },
});

console.log(output);
