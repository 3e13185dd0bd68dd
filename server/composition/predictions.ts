import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, linkSync } from 'node:fs';
import path from 'node:path';
import type { InstantCaption } from '../captioning/instant-caption';
import { eachlabsWebhook } from '../http/compat/eachlabs/predictions';
import type { UrlOrigins } from '../intake/url-guard';
import type { Logger } from '../logger';
import { PredictionRunner } from '../predictions/prediction-runner';
import { PredictionWebhooks } from '../predictions/prediction-webhook';
import { PredictionWork } from '../predictions/prediction-work';
import type { DataFolder } from '../storage/data-folder';
import { storageProblem } from '../storage/sqlite-error';
import { httpTransport } from '../webhooks/transport';
import type { Stores } from './stores';

/** The worker of prediction APIs: the same call as `POST /v1/captions`, for rows instead of people. */
export function buildPredictions(
  stores: Stores,
  instant: InstantCaption,
  { data, logger, origins }: { readonly data: DataFolder; readonly logger: Logger; readonly origins: UrlOrigins },
): PredictionRunner {
  return new PredictionRunner({
    work: new PredictionWork(stores.storage, Date.now),
    captionNow: (picture, options, signal) => instant.run(picture, options, signal),
    copyOf: (siteId, sha256) => {
      const original = stores.imagesOf(siteId).originalPath(sha256);
      if (!existsSync(original)) return null;
      const copy = path.join(data.temporary, `${randomBytes(16).toString('hex')}.part`);
      try {
        linkSync(original, copy);
      } catch {
        // Filesystems without hard links.
        copyFileSync(original, copy);
      }
      return copy;
    },
    webhooks: new PredictionWebhooks({
      storage: stores.storage,
      transport: httpTransport(),
      origins,
      bodyOf: eachlabsWebhook,
      now: Date.now,
      logger,
    }),
    now: Date.now,
    logger,
    translate: storageProblem,
  });
}
