import type { Config } from '../config';
import type { Services } from '../http/services';
import type { Stores } from './stores';

/** What administrators see and change. */
export function administrationOf(stores: Stores, config: Config): Services['administration'] {
  const { sites, keys, audit, eraser, wouldErase, siteBytes } = stores;
  return {
    sites,
    keys,
    audit,
    eraser,
    wouldErase,
    acceptances: () => stores.acceptances.list(null),
    storageOf: (siteId) => siteBytes.of(siteId),
    settings: {
      limits: { rate: config.siteRate, queue: config.siteQueue, bytes: config.siteBytes },
      retention: {
        originals_minutes: config.keepOriginalsMinutes,
        thumbnails_days: config.keepThumbnailsDays,
        history_days: config.keepHistoryDays,
        predictions_hours: config.keepPredictionsHours,
      },
    },
  };
}
