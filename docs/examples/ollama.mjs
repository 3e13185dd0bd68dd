// The multimodal example of ollama-js, with another address and key.
//   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… node docs/examples/ollama.mjs picture.jpg
import { readFile } from 'node:fs/promises';
import { Ollama } from 'ollama';

const ollama = new Ollama({
  host: process.env.ALTSMITH_URL,
  headers: { Authorization: `Bearer ${process.env.ALTSMITH_KEY}` },
});

const response = await ollama.generate({
  model: 'llava',
  prompt: 'describe this image:',
  images: [(await readFile(process.argv[2])).toString('base64')],
});

console.log(response.response);
