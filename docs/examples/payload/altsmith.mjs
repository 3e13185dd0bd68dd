// Altsmith for Payload 3: an uploaded image gets a suggested alt text, and a person's approval writes it into the field `alt`.
//   plugins: [altsmith({ collection: 'media', url: process.env.ALTSMITH_URL, key: process.env.ALTSMITH_KEY })]
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sidecar } from './sidecar.mjs';

/** What the sidecar reads. */
const READABLE = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'];
/** Where the feed of changes was read up to, in Payload's key-value store. */
const CURSOR = 'altsmith-cursor';

const hidden = { admin: { readOnly: true, position: 'sidebar' } };

/** The fields that the plugin adds to the collection. The field `alt` is the site's own; it is added where there is none. */
const fields = [
  // none: of no type that is described · queued · asked · suggested · approved · applied · rejected · decorative · conflict · failed
  { name: 'altsmithState', type: 'text', defaultValue: 'none', index: true, ...hidden },
  { name: 'altsmithText', type: 'textarea', label: 'Suggested alt text', ...hidden },
  { name: 'altsmithSuggestion', type: 'json', admin: { hidden: true } },
];

/** A new image is only noted: the upload does not wait for the sidecar. */
const note = ({ operation, data }) =>
  operation === 'create' && READABLE.includes(data.mimeType) ? { ...data, altsmithState: 'queued' } : data;

/** A Payload plugin. `seconds`: how often it sends and reads while the server runs; 0 where a cron job calls `sync` instead. */
export const altsmith =
  ({ collection = 'media', url, key, seconds = 15 }) =>
  (config) => ({
    ...config,
    collections: config.collections.map((one) =>
      one.slug === collection ? extended(one, { collection, url, key }) : one,
    ),
    onInit: async (payload) => {
      await config.onInit?.(payload);
      if (seconds === 0) return;
      const look = () => sync(payload, { collection, url, key }).catch((error) => payload.logger.warn(error.message));
      setInterval(look, seconds * 1000).unref();
    },
  });

function extended(collection, settings) {
  const hasAlt = collection.fields.some(({ name }) => name === 'alt');
  return {
    ...collection,
    fields: [...collection.fields, ...(hasAlt ? [] : [{ name: 'alt', type: 'text' }]), ...fields],
    hooks: { ...collection.hooks, beforeChange: [...(collection.hooks?.beforeChange ?? []), note] },
    endpoints: [
      ...(collection.endpoints || []),
      // POST /api/media/ID/altsmith {action: approve | reject | decorative, alt?}, by who may update the image.
      {
        path: '/:id/altsmith',
        method: 'post',
        handler: async (request) => {
          if (!request.user) return Response.json({ message: 'Log in first.' }, { status: 401 });
          const { action, alt } = await request.json();
          const by = { id: String(request.user.id), name: request.user.email ?? String(request.user.id) };
          const access = { user: request.user, overrideAccess: false };
          return Response.json(
            await decide(request.payload, settings, { id: request.routeParams.id, action, alt, by, access }),
          );
        },
      },
    ],
  };
}

/** Sends what waits, then reads what is new. One run at a time: the cursor of the feed is one. */
export async function sync(payload, settings) {
  const client = sidecar(settings);
  const { docs } = await payload.find({
    collection: settings.collection,
    where: { altsmithState: { equals: 'queued' } },
    limit: 20,
    sort: 'createdAt',
  });
  for (const doc of docs) await send(payload, settings, client, doc);
  for (let more = true; more;) {
    const after = (await payload.kv.get(CURSOR))?.cursor;
    const page = await client.call('GET', `/v1/changes?limit=100${after === undefined ? '' : `&after=${after}`}`);
    for (const change of page.items) await take(payload, settings, change);
    await payload.kv.set(CURSOR, { cursor: page.next });
    more = page.more;
  }
}

async function send(payload, settings, client, doc) {
  const { upload } = payload.collections[settings.collection].config;
  const bytes = await readFile(path.resolve(upload.staticDir, doc.filename));
  const hash = createHash('sha256').update(bytes).digest('hex');
  await client.call('PUT', `/v1/images/${hash}`, bytes);
  await client.call('POST', '/v1/jobs', {
    image_sha256: hash,
    subject: { type: settings.collection, id: String(doc.id) },
    context: { file_name: doc.filename },
    current: { alt_text: doc.alt ?? '' },
    priority: 'upload',
  });
  await update(payload, settings, doc.id, { altsmithState: 'asked' });
}

/** One entry of the feed. Reading it twice does no harm. */
async function take(payload, settings, { type, job, suggestion }) {
  const subject = (suggestion ?? job)?.subject;
  if (subject?.type !== settings.collection) return;
  const doc = await payload.findByID({ collection: settings.collection, id: subject.id, disableErrors: true });
  if (doc === null) return;
  if (type === 'job.failed' && doc.altsmithState === 'asked') {
    await update(payload, settings, doc.id, { altsmithState: 'failed', altsmithText: job.error?.message ?? '' });
  }
  if (suggestion === null || suggestion.state === 'superseded') return;
  const { id, version, fields: texts, current } = suggestion;
  const state = suggestion.state === 'pending' ? 'suggested' : suggestion.state;
  await update(payload, settings, doc.id, {
    altsmithState: state,
    altsmithText: texts.alt_text ?? '',
    altsmithSuggestion: { id, version, seen: current?.alt_text ?? '' },
  });
  // Approved elsewhere, as on the sidecar's own page.
  if (suggestion.state === 'approved') await write(payload, settings, doc.id, suggestion);
}

/** A person's decision; an approval writes the text. `access` is passed on to Payload, so that its rights count. */
export async function decide(payload, settings, { id, action, alt, by, access = {} }) {
  const doc = await payload.findByID({ collection: settings.collection, id, ...access });
  if (!doc.altsmithSuggestion) throw new Error('There is no suggestion for this image.');
  // Whoever may not change the image may not decide about its text either.
  await payload.update({ collection: settings.collection, id, data: {}, ...access });
  const { suggestion } = await sidecar(settings).call('POST', `/v1/suggestions/${doc.altsmithSuggestion.id}/decision`, {
    action,
    ...(alt === undefined ? {} : { values: { alt_text: alt } }),
    by,
    version: doc.altsmithSuggestion.version,
    displayed: true,
  });
  if (suggestion.state !== 'approved') {
    const blank = suggestion.state === 'decorative' ? { alt: '' } : {};
    return update(payload, settings, id, { altsmithState: suggestion.state, ...blank });
  }
  return write(payload, settings, id, suggestion);
}

/** Writes an approved text where the field is as it was when the suggestion was made: a person's own text always wins. */
async function write(payload, settings, id, suggestion) {
  const doc = await payload.findByID({ collection: settings.collection, id });
  const before = doc.alt ?? '';
  const approved = suggestion.values?.alt_text ?? suggestion.fields.alt_text;
  const isFree = before === approved || before === (doc.altsmithSuggestion?.seen ?? '');
  const outcome = isFree ? 'applied' : 'conflict';
  const done = await update(payload, settings, id, { altsmithState: outcome, ...(isFree ? { alt: approved } : {}) });
  await sidecar(settings).call('POST', `/v1/suggestions/${suggestion.id}/write-back`, {
    outcome,
    before: { alt_text: before },
    after: { alt_text: done.alt ?? '' },
  });
  return done;
}

const update = (payload, { collection }, id, data) => payload.update({ collection, id, data });
