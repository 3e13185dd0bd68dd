// The image-to-text example of @huggingface/inference, with another address and key.
//   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… node docs/examples/hugging-face.mjs picture.jpg
import { readFile } from 'node:fs/promises';
import { InferenceClient } from '@huggingface/inference';

const client = new InferenceClient(process.env.ALTSMITH_KEY, { endpointUrl: `${process.env.ALTSMITH_URL}/hf` });

const output = await client.imageToText({ data: new Blob([await readFile(process.argv[2])]) });

console.log(output.generated_text);
