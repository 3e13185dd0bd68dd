// Copied beside the example by payload.test.ts: goes through it as a site does, and prints what it saw as JSON.
import { getPayload, handleEndpoints } from 'payload';
import config, { settings } from './payload.config.mjs';
import { sync } from './altsmith.mjs';

const payload = await getPayload({ config });
const user = await payload.create({ collection: 'users', data: { email: 'editor@example.test', password: 'secret' } });

const upload = (file, data = {}) => payload.create({ collection: 'media', filePath: file, data });
const read = (id) => payload.findByID({ collection: 'media', id });
const facts = ({ alt, altsmithState: state, altsmithText: text }) => ({ alt: alt ?? '', state, text: text ?? '' });

/** Reads the feed until the image has a suggestion. */
async function suggested(id) {
  for (let tries = 0; tries < 300; tries += 1) {
    await sync(payload, settings);
    const doc = await read(id);
    if (doc.altsmithState !== 'queued' && doc.altsmithState !== 'asked') return doc;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no suggestion came');
}

/** The plugin's endpoint, as Payload's REST API calls it. */
async function decide(id, body, token) {
  const request = new Request(`http://localhost/api/media/${id}/altsmith`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `JWT ${token}` }) },
    body: JSON.stringify(body),
  });
  return handleEndpoints({ config, request }).then(({ status }) => status);
}

const { token } = await payload.login({ collection: 'users', data: { email: user.email, password: 'secret' } });
const [photo, other] = process.argv.slice(2);
const first = await upload(photo);
const seen = { uploaded: facts(first) };
seen.suggested = facts(await suggested(first.id));
seen.stranger = await decide(first.id, { action: 'approve' });
seen.after_stranger = facts(await read(first.id));
seen.status = await decide(first.id, { action: 'approve', alt: 'A tabby cat' }, token);
seen.approved = facts(await read(first.id));

const second = await upload(other);
await suggested(second.id);
await payload.update({ collection: 'media', id: second.id, data: { alt: 'Written by a person' } });
await decide(second.id, { action: 'approve' }, token);
seen.conflict = facts(await read(second.id));

const third = await upload(other);
await suggested(third.id);
await decide(third.id, { action: 'decorative' }, token);
seen.decorative = facts(await read(third.id));
await sync(payload, settings);
seen.again = facts(await read(first.id));
process.stdout.write(`${JSON.stringify(seen)}\n`);
process.exit(0);
