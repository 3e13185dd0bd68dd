import path from 'node:path';
import { z } from 'zod';
import { proxyVariables, type ProxyVariables } from '../models/fetch/proxy';
import type { ModelServer } from '../models/openai-compatible/model-server';
import {
  namesTraceReceiver,
  readBackups,
  readModelServer,
  readNames,
  readOrigins,
  readPrice,
  readProxy,
  readSecretFiles,
} from './config-values';
import { MOST_SLOTS } from './contract/worker';
import { DATA_SETTINGS } from './data-settings';
import { HTTP_SETTINGS, integer } from './http-settings';
import { KEY_SETTINGS, readInitialKeys, type InitialKeys } from './key-settings';
import { MODEL_SETTINGS, readFetch, type FetchSettings } from './model-settings';
import type { PublicUrl } from './public-url';
import { readRedis, REDIS_SETTINGS, type RedisSettings } from './redis-settings';
import type { BackupPlan } from './storage/backup-plan';
import { VIDEO_SETTINGS, videoSettings, type VideoSettings } from './video-settings';

/**
 * Every setting of the sidecar, read from the environment once. docs/configuration.md is generated from the
 * descriptions, and a test compares them. Names in `SECRETS` can also be given as NAME_FILE.
 */
export const Environment = z.object({
  ALTSMITH_PORT: integer(0, 65_535).default(8787).describe('Port for HTTP. 0 picks a free one.'),
  ALTSMITH_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address to listen on. Anything but loopback is refused until a key exists or is given.'),
  ...KEY_SETTINGS,
  ALTSMITH_DATA_DIR: z
    .string()
    .default('./data')
    .describe('Folder for the database, images and pulled models. Local disk only.'),
  ALTSMITH_MODEL: z
    .string()
    .optional()
    .describe(
      'Model id or model folder; or openai-compatible, for a model on the server of ALTSMITH_MODEL_SERVER, which is then sent every picture. Unset: the best model already pulled, else mini.',
    ),
  ALTSMITH_MODEL_SERVER: z
    .string()
    .optional()
    .describe(
      'For ALTSMITH_MODEL=openai-compatible: address of a server that speaks OpenAI’s chat completions, such as http://127.0.0.1:11434/v1 for Ollama.',
    ),
  ALTSMITH_MODEL_SERVER_MODEL: z
    .string()
    .trim()
    .regex(/^[^\p{C}]{1,200}$/u, 'must be a name of at most 200 characters')
    .optional()
    .describe('For ALTSMITH_MODEL=openai-compatible: name of the model there, such as llava:7b.'),
  ALTSMITH_MODEL_SERVER_KEY: z
    .string()
    .optional()
    .describe('For ALTSMITH_MODEL=openai-compatible: the key that server wants, if any.'),
  ALTSMITH_MODEL_SERVER_SECONDS: integer(1, 900)
    .default(120)
    .describe('For ALTSMITH_MODEL=openai-compatible: longest wait for one answer.'),
  ALTSMITH_WORKERS: integer(0, MOST_SLOTS)
    .optional()
    .describe(
      'Worker processes. Unset: two where there are two cores and half of the memory holds both, else one. 0: this process only queues; workers run elsewhere.',
    ),
  ALTSMITH_THREADS: integer(1, 256).optional().describe('Threads of one worker. Unset: usable cores are shared out.'),
  ALTSMITH_QUEUE: z
    .enum(['sqlite', 'bull'])
    .default('sqlite')
    .describe(
      'How workers elsewhere get their jobs: sqlite, by asking the sidecar; bull, from Redis. Jobs live in SQLite either way.',
    ),
  ...REDIS_SETTINGS,
  ALTSMITH_WORKER_API: z
    .string()
    .optional()
    .describe('For "altsmith worker": address of the sidecar whose jobs this machine does.'),
  ALTSMITH_WORKER_KEY: z.string().optional().describe('For "altsmith worker": a key of the scope worker.'),
  ALTSMITH_MAX_PIXELS: integer(1, 1_000_000_000)
    .default(50_000_000)
    .describe('Images with more pixels are refused from their header.'),
  ALTSMITH_MAX_BYTES: integer(1, 1_000_000_000)
    .default(20_000_000)
    .describe('Images with more bytes are refused while they arrive.'),
  ...VIDEO_SETTINGS,
  ...DATA_SETTINGS,
  ...MODEL_SETTINGS,
  ALTSMITH_PICTURE_SECONDS: integer(1, 3600).default(60).describe('Longest time for one picture on a worker here.'),
  ALTSMITH_LEASE_SECONDS: integer(2, 3600)
    .default(60)
    .describe('A worker that is silent for this long loses its job to another.'),
  ALTSMITH_ALLOWED_HOSTS: z
    .string()
    .default('')
    .describe('Names, separated by commas, that the sidecar is reached under beside localhost and plain addresses.'),
  ...HTTP_SETTINGS,
  ALTSMITH_URL_ORIGINS: z
    .string()
    .default('off')
    .describe(
      'Where pictures may be fetched from when a client sends an address: off, public, or origins such as https://cdn.example.com separated by commas. Private addresses are always refused.',
    ),
  ALTSMITH_OLLAMA_KEYLESS: z
    .enum(['off', 'loopback'])
    .default('off')
    .describe(
      'Whether programs on this machine may caption over /api/*, Ollama’s routes, without a key: many of its clients can send none. Browsers never may. Not possible with a proxy in front: requests from elsewhere would look like requests of this machine.',
    ),
  ALTSMITH_OLLAMA_NAMES: z
    .string()
    .default('')
    .describe(
      'Further names, separated by commas, under which the model is listed to Ollama’s clients, such as llava: some show only names they know.',
    ),
  ALTSMITH_PRICE_PER_HOUR: z
    .string()
    .regex(/^\d{1,6}(\.\d{1,6})? [^\s\p{C}]{1,5}$/u, 'must be an amount and a currency, such as 0.12 EUR')
    .optional()
    .describe(
      'What an hour of this machine costs you, such as 0.12 EUR: for the cost of a picture in the status and the console.',
    ),
  ALTSMITH_WEBHOOK_ORIGINS: z
    .string()
    .default('')
    .describe(
      'Origins on private addresses that webhooks may be sent to, such as http://127.0.0.1:8080, separated by commas.',
    ),
  ALTSMITH_BACKUPS: z
    .string()
    .optional()
    .describe(
      'How many backups of the database are kept, such as hourly=24,daily=7,weekly=4, or off. Unset: just these, fewer where they would take more than a quarter of their disk. None is made without room for it.',
    ),
  ALTSMITH_BACKUP_DIR: z
    .string()
    .optional()
    .describe('Folder for the backups, best on another disk. Unset: backups in the data folder.'),
  ALTSMITH_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe line that is logged.'),
});
export type Environment = z.infer<typeof Environment>;

/** Settings that hold a secret, and may be read from the file that NAME_FILE names. */
export const SECRETS: readonly (keyof Environment)[] = [
  'ALTSMITH_REDIS_URL',
  'ALTSMITH_WORKER_KEY',
  'ALTSMITH_MODEL_SERVER_KEY',
  'ALTSMITH_INITIAL_KEY',
  'ALTSMITH_INITIAL_ADMIN_KEY',
];

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly initialKeys: InitialKeys;
  /** Absolute. */
  readonly dataDir: string;
  /** Null: as many as usual, fewer on a small disk. */
  readonly backups: BackupPlan | 'off' | null;
  /** Absolute; null: in the data folder. */
  readonly backupDir: string | null;
  readonly model: string | null;
  /** Used only where the model is `openai-compatible`: then every picture is sent there. */
  readonly modelServer: ModelServer | null;
  readonly workers: number | null;
  readonly threads: number | null;
  readonly queue: 'sqlite' | 'bull';
  readonly redis: RedisSettings | null;
  readonly workerApi: string | null;
  readonly workerKey: string | null;
  readonly maxPixels: number;
  readonly maxBytes: number;
  readonly video: VideoSettings;
  readonly keepOriginalsMinutes: number;
  readonly resuggest: Environment['ALTSMITH_RESUGGEST'];
  /** The model that is fetched by itself where only a demonstration model is here; null: none. */
  readonly fetch: FetchSettings | null;
  readonly keepThumbnailsDays: number;
  readonly keepHistoryDays: number;
  readonly keepPredictionsHours: number;
  readonly queueLimit: number;
  /** Waiting jobs of one site. */
  readonly siteQueue: number;
  /** Bytes of stored pictures and thumbnails of one site; null: no bound. */
  readonly siteBytes: number | null;
  /** Whether the words in pictures are read. */
  readonly readWords: boolean;
  readonly pictureSeconds: number;
  readonly leaseSeconds: number;
  /** Requests a second of one site; null: no bound. */
  readonly siteRate: number | null;
  readonly allowedHosts: readonly string[];
  readonly publicUrl: PublicUrl | null;
  readonly trustedProxies: readonly string[];
  readonly maxConnections: number;
  readonly keepAliveSeconds: number;
  readonly urlOrigins: 'off' | 'public' | readonly string[];
  readonly webhookOrigins: readonly string[];
  /** How webhooks get out. */
  readonly proxies: ProxyVariables;
  readonly ollamaKeyless: 'off' | 'loopback';
  readonly ollamaNames: readonly string[];
  /** Whether the standard variables of OpenTelemetry name a receiver of traces. */
  readonly isTraced: boolean;
  readonly price: { readonly perHour: number; readonly currency: string } | null;
  readonly logLevel: Environment['ALTSMITH_LOG_LEVEL'];
}

/** Thrown with one line a problem, so that all of them can be mended at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads and checks the settings. Throws ConfigError that names every wrong variable. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of Object.keys(Environment.shape)) {
    // A blank at the end of a line in a file of settings is easily missed.
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') given[name] = value;
  }
  readSecretFiles(SECRETS, { env, given, problems });
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(`${issue.path.join('.')}: ${issue.message}`);
  }
  if (parsed.success && parsed.data.ALTSMITH_QUEUE === 'bull' && parsed.data.ALTSMITH_REDIS_URL === undefined) {
    problems.push('ALTSMITH_REDIS_URL: needed when ALTSMITH_QUEUE is bull');
  }
  const urlInput = parsed.data?.ALTSMITH_URL_ORIGINS ?? 'off';
  const urlOrigins = urlInput === 'off' || urlInput === 'public' ? urlInput : readOrigins(urlInput);
  if (urlOrigins === null) problems.push('ALTSMITH_URL_ORIGINS: must be off, public, or origins separated by commas');
  const webhookOrigins = readOrigins(parsed.data?.ALTSMITH_WEBHOOK_ORIGINS ?? '');
  if (webhookOrigins === null) problems.push('ALTSMITH_WEBHOOK_ORIGINS: must be origins separated by commas');
  const publicUrl = parsed.success ? readProxy(parsed.data, problems) : null;
  const backups = parsed.success ? readBackups(parsed.data, problems) : null;
  const modelServer = parsed.success ? readModelServer(parsed.data, problems) : null;
  const redis = readRedis(parsed.data ?? {}, problems);
  const fetch = parsed.success ? readFetch(parsed.data, env, problems) : null;
  const initialKeys = readInitialKeys(parsed.data ?? {}, problems);
  if (!parsed.success || urlOrigins === null || webhookOrigins === null || problems.length > 0)
    throw new ConfigError(problems.join('\n'));
  const settings = parsed.data;
  return Object.freeze({
    port: settings.ALTSMITH_PORT,
    host: settings.ALTSMITH_HOST,
    initialKeys,
    dataDir: path.resolve(settings.ALTSMITH_DATA_DIR),
    backups,
    backupDir: settings.ALTSMITH_BACKUP_DIR === undefined ? null : path.resolve(settings.ALTSMITH_BACKUP_DIR),
    model: settings.ALTSMITH_MODEL ?? null,
    modelServer,
    workers: settings.ALTSMITH_WORKERS ?? null,
    threads: settings.ALTSMITH_THREADS ?? null,
    queue: settings.ALTSMITH_QUEUE,
    redis,
    workerApi: settings.ALTSMITH_WORKER_API ?? null,
    workerKey: settings.ALTSMITH_WORKER_KEY ?? null,
    maxPixels: settings.ALTSMITH_MAX_PIXELS,
    maxBytes: settings.ALTSMITH_MAX_BYTES,
    video: videoSettings(settings, env),
    keepOriginalsMinutes: settings.ALTSMITH_KEEP_ORIGINALS_MINUTES,
    resuggest: settings.ALTSMITH_RESUGGEST,
    fetch,
    // No longer than the history that names their subject: erasing that subject finds them.
    keepThumbnailsDays: Math.min(settings.ALTSMITH_KEEP_THUMBNAILS_DAYS, settings.ALTSMITH_KEEP_HISTORY_DAYS),
    keepHistoryDays: settings.ALTSMITH_KEEP_HISTORY_DAYS,
    keepPredictionsHours: settings.ALTSMITH_KEEP_PREDICTIONS_HOURS,
    queueLimit: settings.ALTSMITH_QUEUE_LIMIT,
    siteQueue: settings.ALTSMITH_SITE_QUEUE ?? Math.ceil(settings.ALTSMITH_QUEUE_LIMIT * 0.75),
    siteBytes: settings.ALTSMITH_SITE_BYTES ?? null,
    siteRate: settings.ALTSMITH_SITE_RATE ?? null,
    readWords: settings.ALTSMITH_READ_WORDS === 'on',
    pictureSeconds: settings.ALTSMITH_PICTURE_SECONDS,
    leaseSeconds: settings.ALTSMITH_LEASE_SECONDS,
    allowedHosts: readNames(settings.ALTSMITH_ALLOWED_HOSTS),
    publicUrl,
    trustedProxies: readNames(settings.ALTSMITH_TRUSTED_PROXIES),
    maxConnections: settings.ALTSMITH_MAX_CONNECTIONS,
    keepAliveSeconds: settings.ALTSMITH_KEEP_ALIVE_S,
    urlOrigins,
    webhookOrigins,
    proxies: proxyVariables(env),
    ollamaKeyless: settings.ALTSMITH_OLLAMA_KEYLESS,
    ollamaNames: readNames(settings.ALTSMITH_OLLAMA_NAMES),
    isTraced: namesTraceReceiver(env),
    price: readPrice(settings.ALTSMITH_PRICE_PER_HOUR),
    logLevel: settings.ALTSMITH_LOG_LEVEL,
  });
}
