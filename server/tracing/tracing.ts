import { AsyncLocalStorage } from 'node:async_hooks';

/** Ids, codes and numbers only: never a text, a file name, an address or anything of a picture. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>;

/** One piece of work in a trace. */
export interface Span {
  /** In W3C's form, for what follows from it; null while tracing is off. */
  readonly traceparent: string | null;
  /** Ends it. `error` is a code; the span counts as failed then. */
  end(facts?: SpanFacts, error?: string): void;
}

export interface SpanWish {
  readonly kind: 'server' | 'consumer' | 'client' | 'internal';
  /** What it follows from, in W3C's form; null begins a trace. */
  readonly parent: string | null;
  readonly facts?: SpanFacts;
}

/** Where spans go. */
export interface Tracing {
  readonly isOn: boolean;
  start(name: string, wish: SpanWish): Span;
  /** Sends what has not been sent. */
  stop(): Promise<void>;
}

const NO_SPAN: Span = { traceparent: null, end: () => undefined };

/** Nothing is traced, which is the default and costs nothing. */
export const NO_TRACING: Tracing = { isOn: false, start: () => NO_SPAN, stop: () => Promise.resolve() };

const current = new AsyncLocalStorage<string>();

/** Runs `work`, and whatever it begins, as part of a span. */
export function within(traceparent: string, work: () => void): void {
  current.run(traceparent, work);
}

/** What the work under way is part of; null while tracing is off. */
export function currentTraceparent(): string | null {
  return current.getStore() ?? null;
}
