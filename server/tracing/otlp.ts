import { diag, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type SpanContext } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '../logger';
import type { Span, SpanFacts, SpanWish, Tracing } from './tracing';

const KINDS = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/** Longest wait for a receiver that does not answer when the sidecar stops. */
const STOP_MS = 3000;

/**
 * Sends spans to an OpenTelemetry receiver over HTTP, in batches. Address, headers, sampling, service name and timeouts are those of
 * the standard variables (`OTEL_…`), which the packages read by themselves. A receiver that is away costs spans, nothing else.
 */
export function openOtlp(version: string, logger: Logger): Tracing {
  const tell = (message: string) => {
    logger.warn({ message }, 'tracing');
  };
  diag.setLogger({ error: tell, warn: tell, info: noop, debug: noop, verbose: noop });
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'altsmith', 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }));
  const provider = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('altsmith', version);
  return {
    isOn: true,
    start: (name, { kind, parent, facts = {} }: SpanWish) => {
      const from = parent === null ? null : contextOf(parent);
      const context = from === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, from);
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes: { ...facts } }, context);
      return {
        traceparent: traceparentOf(span.spanContext()),
        end: (more: SpanFacts = {}, error?: string) => {
          span.setAttributes({ ...more });
          if (error !== undefined) {
            span.setAttribute('error.type', error);
            span.setStatus({ code: SpanStatusCode.ERROR });
          }
          span.end();
        },
      } satisfies Span;
    },
    stop: async () => {
      const limit = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref());
      await Promise.race([provider.shutdown().catch(noop), limit]);
    },
  };
}

function noop(): void {
  // Nothing to do.
}

/** Null for a text that is no `traceparent` of W3C: then a trace begins here. */
function contextOf(traceparent: string): SpanContext | null {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
