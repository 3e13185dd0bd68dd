import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { Receiver } from '../../support/receiver';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';

jest.setTimeout(120_000);

const ROOT = path.resolve(__dirname, '../../..');
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Spans of an export request in OTLP's JSON. */
function spansOf(body: string): Span[] {
  const { resourceSpans } = JSON.parse(body);
  return resourceSpans.flatMap(({ resource, scopeSpans }: any) => {
    expect(resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'altsmith' } });
    return scopeSpans.flatMap(({ spans }: any) =>
      spans.map(({ attributes, ...span }: any) => ({
        ...span,
        facts: Object.fromEntries(attributes.map(({ key, value }: any) => [key, Object.values(value)[0]])),
      })),
    );
  });
}

// In a process of its own: the packages import parts of themselves lazily, which jest does not support.
test('a trace goes from the request over job, run and result to the webhook, and holds nothing of the picture', async () => {
  const collector = await Receiver.start();
  collector.answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  const site = await Receiver.start();
  const sidecar = await SidecarProcess.start({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    ALTSMITH_WEBHOOK_ORIGINS: site.origin,
  });
  await sidecar.call('PUT', '/v1/webhook', { url: `${site.origin}/hook` });
  const image = samplePng(1);
  await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
  const wish = {
    image_sha256: image.sha256,
    subject: { type: 'attachment', id: 'subject-77' },
    context: { file_name: 'holiday-in-rome.png' },
    current: { alt_text: 'Zaphod' },
  };
  const { body } = await sidecar.call('POST', '/v1/jobs', wish, { traceparent: `00-${TRACE}-${CALLER}-01` });
  const spans = () => collector.received.flatMap((one) => spansOf(one.body)).filter((one) => one.traceId === TRACE);
  await waitFor('the trace', () => spans().length >= 4, { timeoutMs: 60_000 });
  const [request, run, result, webhook] = ['POST', 'caption picture', 'store result', 'webhook'].map((name) =>
    spans().find((span) => span.name === name),
  );
  expect(request).toMatchObject({
    parentSpanId: CALLER,
    facts: { 'http.route': '/v1/jobs', 'http.response.status_code': 202 },
  });
  expect(run).toMatchObject({
    parentSpanId: request?.spanId,
    facts: { 'altsmith.job.id': body.job.id, 'altsmith.attempt': 1, 'altsmith.outcome': 'done' },
  });
  expect(result?.parentSpanId).toBe(run?.spanId);
  expect(webhook).toMatchObject({ parentSpanId: result?.spanId, facts: { 'http.response.status_code': 204 } });
  expect(site.received[0]?.headers['traceparent']).toBe(`00-${TRACE}-${webhook?.spanId}-01`);
  const sent = collector.received.map((one) => one.body).join('');
  for (const secret of [image.sha256, 'holiday-in-rome', 'Zaphod', 'subject-77', sidecar.key, '/hook'])
    expect(sent).not.toContain(secret);
  // Without a receiver, or with an invalid traceparent, only spans are lost.
  await collector.stop();
  const again = { ...wish, subject: { type: 'attachment', id: '78' } };
  const answer = await sidecar.call('POST', '/v1/jobs', again, { traceparent: '00-zz-1' });
  expect((await sidecar.call('GET', `/v1/jobs/${answer.body.job.id}?wait=20`)).body.job.state).toBe('done');
  await sidecar.remove();
  await site.stop();
});

test('without a receiver nothing of the packages is loaded', () => {
  const script = `require('./build/server/main.js');
    console.log(Object.keys(require.cache).filter((file) => /opentelemetry.(sdk|exporter|otlp)/.test(file)).length)`;
  expect(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }).trim()).toBe('0');
});
