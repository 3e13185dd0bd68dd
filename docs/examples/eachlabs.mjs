// Create a prediction and poll it, as in Eachlabs' documentation, with another address and key.
//   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… node docs/examples/eachlabs.mjs picture.jpg
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const API = `${process.env.ALTSMITH_URL}/v1/prediction`;
const headers = { 'X-API-Key': process.env.ALTSMITH_KEY, 'Content-Type': 'application/json' };
const image = `data:image/jpeg;base64,${(await readFile(process.argv[2])).toString('base64')}`;

const created = await fetch(`${API}/`, {
  method: 'POST',
  headers,
  body: JSON.stringify({ model: 'blip-2', version: '0.0.1', input: { image, caption: true, question: '' } }),
});
const { predictionID } = await created.json();

for (;;) {
  const { status, output } = await (await fetch(`${API}/${predictionID}`, { headers })).json();
  if (status === 'success') {
    console.log(output);
    break;
  }
  if (status === 'error' || status === 'cancelled') throw new Error(output.error_message);
  await pause(250);
}
