import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { chooseEngine } from '../captioning/choose-engine';
import { captioningModel, type CaptionEngine } from '../captioning/engine';
import { tryOwnPicture } from '../captioning/own-picture';
import { WorkerCondition } from '../captioning/worker-condition';
import type { Config } from '../config';
import type { Logger } from '../logger';
import { RedisLink } from '../queue/redis-link';
import { WorkerApi } from '../remote-worker/api-client';
import { serveHealth, type WorkerHealth } from '../remote-worker/health-server';
import { RemoteWorker } from '../remote-worker/remote-worker';
import { DataFolder } from '../storage/data-folder';
import { lockFolder } from '../storage/folder-lock';
import { idleBecause, problem } from './health';

export interface WorkerOptions {
  readonly api: string;
  readonly key: string;
  readonly name: string;
  /** Port for /livez and /readyz; null for none. */
  readonly port: number | null;
  /** Worker processes with the model of the settings, unless given. */
  readonly engine?: CaptionEngine;
}

const DRAIN_MS = 15_000;

/**
 * Starts a worker for a sidecar on another machine; resolves once it asks for work. Returns how to stop it.
 * Throws DATA_DIR_IN_USE, DATA_DIR_REMOTE, REDIS_EVICTS.
 */
export async function startRemoteWorker(
  config: Config,
  options: WorkerOptions,
  logger: Logger,
): Promise<() => Promise<void>> {
  const data = new DataFolder(config.dataDir, config.backupDir);
  data.prepare();
  const unlock = lockFolder(data);
  for (const file of readdirSync(data.temporary)) rmSync(path.join(data.temporary, file), { force: true });
  const engine = options.engine ?? chooseEngine(config);
  const link = config.redis === null ? null : new RedisLink(config.redis, logger);
  const api = new WorkerApi(options.api, options.key);
  const condition = new WorkerCondition({
    check: (signal) => tryOwnPicture(engine, data.temporary, signal),
    wasWell: () => {
      worker.wasWell();
    },
    logger,
  });
  const worker = new RemoteWorker({ api, engine, condition, link, name: options.name, folder: data.temporary, logger });
  const health = (): WorkerHealth => {
    const state = engine.state();
    const own = condition.problem();
    const ofEngine = captioningModel(state) === null ? (state.problem ?? idleBecause(state)) : null;
    const missing = ofEngine ?? (condition.isSick ? own : null);
    const isPaused = own !== null && own !== missing;
    const away = worker.isConnected() ? null : problem('SIDECAR_UNREACHABLE');
    const redis = link?.problem() ?? null;
    const problems = [missing, away].filter((one) => one !== null);
    return {
      ready: problems.length === 0,
      problems,
      warnings: [redis, isPaused ? own : null].filter((one) => one !== null),
    };
  };
  let closeHealth: (() => Promise<void>) | null = null;
  const close = async (): Promise<void> => {
    await worker.stop(DRAIN_MS);
    await Promise.all([closeHealth?.(), engine.stop()]);
    link?.close();
    unlock();
  };
  try {
    await link?.start();
    closeHealth =
      options.port === null
        ? null
        : await serveHealth({ port: options.port, host: config.host, key: options.key }, health);
    await engine.start();
    worker.start(engine.state().workers);
  } catch (error) {
    // What goes wrong on the way out must not hide why.
    await close().catch((cause: unknown) => {
      logger.error({ err: cause }, 'failed start not put in order');
    });
    throw error;
  }
  return close;
}
