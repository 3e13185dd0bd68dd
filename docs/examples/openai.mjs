// The vision example of OpenAI's documentation, with another address and key.
//   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… node docs/examples/openai.mjs picture.jpg
import { readFile } from 'node:fs/promises';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: `${process.env.ALTSMITH_URL}/v1`, apiKey: process.env.ALTSMITH_KEY });
const base64Image = (await readFile(process.argv[2])).toString('base64');

const response = await client.chat.completions.create({
  model: 'gpt-4o-mini',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: "What's in this image?" },
        { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${base64Image}` } },
      ],
    },
  ],
});

console.log(response.choices[0].message.content);
