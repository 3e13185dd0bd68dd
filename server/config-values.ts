import { readFileSync } from 'node:fs';
import { fileProblem } from '../models/file-problem';
import { OPENAI_COMPATIBLE, serverAddress, type ModelServer } from '../models/openai-compatible/model-server';
import type { Config, Environment } from './config';
import { isNetwork } from './http/trusted-proxies';
import { publicUrlOf, type PublicUrl } from './public-url';
import { readBackupPlan } from './storage/backup-plan';

/** The origins of a comma list in the form `new URL()` gives them. Null when one is no origin. */
export function readOrigins(text: string): readonly string[] | null {
  if (text === '') return [];
  const parts = text.split(',').map((part) => part.trim().replace(/\/$/, ''));
  const origins = parts.map((part) => (URL.canParse(part) ? new URL(part).origin : ''));
  return origins.every((origin, index) => origin !== 'null' && origin === parts[index]?.toLowerCase()) ? origins : null;
}

/** The parts of a list with commas, trimmed; empty ones are left out. */
export function readNames(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

/** `0.50 EUR`: the price of an hour, and its currency; null where none is set. */
export function readPrice(text: string | undefined): Config['price'] {
  const [amount, currency] = (text ?? '').split(' ');
  return currency === undefined ? null : { perHour: Number(amount), currency };
}

/** The address that clients use; null when the settings name none. Adds to `problems` what is wrong about proxies. */
export function readProxy(settings: Environment, problems: string[]): PublicUrl | null {
  const { ALTSMITH_PUBLIC_URL: given } = settings;
  const proxies = readNames(settings.ALTSMITH_TRUSTED_PROXIES);
  for (const proxy of proxies.filter((one) => !isNetwork(one)))
    problems.push(`ALTSMITH_TRUSTED_PROXIES: ${proxy} is neither an address nor a network such as 10.0.0.0/8`);
  if (settings.ALTSMITH_OLLAMA_KEYLESS === 'loopback' && (given !== undefined || proxies.length > 0))
    problems.push(
      'ALTSMITH_OLLAMA_KEYLESS: not possible with ALTSMITH_PUBLIC_URL or ALTSMITH_TRUSTED_PROXIES; whoever comes through the proxy would need no key',
    );
  if (given === undefined) return null;
  const url = publicUrlOf(given);
  if (url === null)
    problems.push('ALTSMITH_PUBLIC_URL: must be an http or https address without a user name, query or fragment');
  return url;
}

/** The server of ALTSMITH_MODEL_SERVER; null when the settings name none. Adds to `problems` what is wrong with it. */
export function readModelServer(settings: Environment, problems: string[]): ModelServer | null {
  const { ALTSMITH_MODEL_SERVER: given, ALTSMITH_MODEL_SERVER_MODEL: model } = settings;
  const isWanted = settings.ALTSMITH_MODEL === OPENAI_COMPATIBLE;
  if (given === undefined && isWanted)
    problems.push('ALTSMITH_MODEL_SERVER: needed when ALTSMITH_MODEL is openai-compatible');
  if (model === undefined && (isWanted || given !== undefined))
    problems.push('ALTSMITH_MODEL_SERVER_MODEL: needed with ALTSMITH_MODEL_SERVER');
  if (given === undefined) return null;
  const address = serverAddress(given);
  if (address === null)
    problems.push('ALTSMITH_MODEL_SERVER: must be an http or https address without a user name, query or fragment');
  if (address === null || model === undefined) return null;
  const key = settings.ALTSMITH_MODEL_SERVER_KEY ?? null;
  return { address, model, key, timeoutMs: settings.ALTSMITH_MODEL_SERVER_SECONDS * 1000 };
}

/** How many backups are kept; null for the usual ones. Adds to `problems` what is no plan. */
export function readBackups({ ALTSMITH_BACKUPS: given }: Environment, problems: string[]): Config['backups'] {
  if (given === undefined) return null;
  const plan = readBackupPlan(given);
  if (plan === null) problems.push('ALTSMITH_BACKUPS: must be off, or numbers such as hourly=24,daily=7,weekly=4');
  return plan;
}

/** Whether the `OTEL_…` variables name a receiver of traces; the packages of OpenTelemetry read all others by themselves. */
export function namesTraceReceiver(env: NodeJS.ProcessEnv): boolean {
  const address = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '';
  const isOff = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none';
  return address !== '' && !isOff;
}

interface SecretParts {
  readonly env: NodeJS.ProcessEnv;
  readonly given: Record<string, string>;
  readonly problems: string[];
}

/** Adds what the files of NAME_FILE hold to `given`. */
export function readSecretFiles(names: readonly string[], { env, given, problems }: SecretParts): void {
  for (const name of names) {
    const file = env[`${name}_FILE`];
    if (file === undefined || file === '') continue;
    try {
      given[name] = readFileSync(file, 'utf8').trim();
    } catch (cause) {
      const reason = fileProblem(cause, file)?.message.replace(/\.$/, '') ?? `${file} cannot be read`;
      problems.push(`${name}_FILE: ${reason}`);
    }
  }
}
