import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { guarded } from '../background';
import type { Acceptance } from '../contract/acceptance';

/** What is looked up at the moment of a scrape. */
export interface Gauges {
  readonly jobs: () => { waiting: number; running: number };
  readonly pendingSuggestions: () => number;
  readonly secondsPerImage: () => number | null;
  readonly workers: () => number;
  readonly isReady: () => boolean;
  readonly databaseBytes: () => number;
  readonly flushedCommits: () => number;
  readonly backgroundFailures: () => number;
  readonly acceptances: () => readonly Acceptance[];
}

const PREFIX = 'altsmith_';
/** Seconds: from a status line to a caption that waits for its turn. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const MODEL_LABELS = ['task', 'model', 'version'] as const;
const OUTCOMES = ['untouched', 'edited', 'rejected', 'decorative'] as const;

const modelLabels = ({ task, model }: Acceptance) => ({ task, model: model.id, version: model.fingerprint ?? '' });

/** The numbers of `/metrics`, in the form Prometheus reads. One object a sidecar; nothing global. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #jobs: Counter<'outcome'>;
  readonly #jobSeconds: Histogram;

  constructor(gauges: Gauges) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry, prefix: PREFIX });
    this.#requests = new Histogram({
      name: `${PREFIX}http_request_seconds`,
      help: 'Time to answer a request, by route pattern.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers,
    });
    this.#jobs = new Counter({
      name: `${PREFIX}job_attempts_total`,
      help: 'Attempts at jobs by how they ended: done, waiting (again), failed, lost, released.',
      labelNames: ['outcome'],
      registers,
    });
    this.#jobSeconds = new Histogram({
      name: `${PREFIX}job_attempt_seconds`,
      help: 'Time from claim to end of an attempt.',
      buckets: BUCKETS,
      registers,
    });
    this.#gauge('jobs_waiting', 'Jobs of all sites that wait.', () => gauges.jobs().waiting);
    this.#gauge('jobs_running', 'Jobs of all sites that a worker holds.', () => gauges.jobs().running);
    this.#gauge('suggestions_pending', 'Suggestions that wait for a person.', gauges.pendingSuggestions);
    this.#gauge(
      'seconds_per_image',
      'Median seconds a picture took lately; 0 before the first.',
      () => gauges.secondsPerImage() ?? 0,
    );
    this.#gauge('workers', 'Worker processes of this machine, and slots of workers elsewhere.', gauges.workers);
    this.#gauge('ready', '1 when /readyz answers 200.', () => (gauges.isReady() ? 1 : 0));
    this.#gauge(
      'database_flushed_commits',
      'Transactions since the start that waited for the disk.',
      gauges.flushedCommits,
    );
    new Counter({
      name: `${PREFIX}background_failures_total`,
      help: 'Failures of timers, event listeners and other work that nobody waits for.',
      registers,
      collect() {
        this.reset();
        this.inc(gauges.backgroundFailures());
      },
    });
    this.#acceptances(gauges.acceptances);
    this.#gauge('database_bytes', 'Database file and its write-ahead log.', gauges.databaseBytes);
  }

  /** Of all sites together; which site it is, the API tells. */
  #acceptances(look: Gauges['acceptances']): void {
    const registers = [this.#registry];
    new Gauge({
      name: `${PREFIX}acceptance_decisions`,
      help: 'Decisions of people about texts, one by one with the card displayed: untouched, edited, rejected, decorative.',
      labelNames: [...MODEL_LABELS, 'outcome'],
      registers,
      collect() {
        this.reset();
        for (const one of look())
          for (const outcome of OUTCOMES) this.inc({ ...modelLabels(one), outcome }, one[outcome]);
      },
    });
    new Gauge({
      name: `${PREFIX}acceptance_edited_parts`,
      help: 'Parts of the texts that people changed, added up over the edited ones; each is between 0 and 1.',
      labelNames: MODEL_LABELS,
      registers,
      collect() {
        this.reset();
        for (const one of look()) this.inc(modelLabels(one), (one.mean_edit ?? 0) * one.edited);
      },
    });
    new Gauge({
      name: `${PREFIX}acceptance_dropped`,
      help: 'Sites on which fewer texts of the model are approved as they are than before; told falsely within 50 decisions in at most 5 of 100.',
      labelNames: MODEL_LABELS,
      registers,
      collect() {
        this.reset();
        for (const one of look()) this.inc(modelLabels(one), one.trend.state === 'dropped' ? 1 : 0);
      },
    });
  }

  #gauge(name: string, help: string, look: () => number): void {
    new Gauge({
      name: PREFIX + name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(look());
      },
    });
  }

  jobEnded(outcome: string, seconds: number): void {
    this.#jobs.inc({ outcome });
    this.#jobSeconds.observe(seconds);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Measures every request under its route's pattern: an id in a label would make a new series for each image. */
  readonly measure: RequestHandler = (request, response, next) => {
    const started = performance.now();
    const observe = () => {
      const route = routeOf(request);
      const labels = { method: request.method, route, status: String(response.statusCode) };
      this.#requests.observe(labels, (performance.now() - started) / 1000);
    };
    // A request that is not counted is answered all the same.
    response.once(
      'close',
      guarded(observe, () => undefined),
    );
    next();
  };
}

function routeOf(request: { route?: unknown }): string {
  const { route } = request;
  if (typeof route !== 'object' || route === null || !('path' in route)) return 'none';
  return typeof route.path === 'string' ? route.path : 'none';
}
