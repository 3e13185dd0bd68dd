import type { ModelInfo } from '../../models/captioner';
import { captioningModel, type CaptionEngine } from '../captioning/engine';
import type { InstantCaption } from '../captioning/instant-caption';
import type { JobFinisher } from '../captioning/job-finisher';
import type { RunsHere } from '../captioning/runs-here';
import { videoJob } from '../captioning/video-job';
import { videoLooker } from '../captioning/video-looker';
import type { Config } from '../config';
import type { Logger } from '../logger';
import { ClaimLoop } from '../queue/claim-loop';
import type { JobQueue } from '../queue/queue';
import { storageProblem } from '../storage/sqlite-error';
import { LOCAL_WORKERS, type Stores } from './stores';
import type { Services } from '../http/services';
import { spoolVideo } from '../intake/spool';
import type { DiskState } from '../storage/disk-state';
import { DecoderHere } from '../video/decoder';
import { problem } from './health';

interface VideoParts {
  readonly disk: DiskState;
  readonly config: Config;
  readonly decoder: DecoderHere;
  readonly temporary: string;
}

/** What the routes can do with videos. */
export function videoServices({ disk, config, decoder, temporary }: VideoParts): Services['videos'] {
  const { maxBytes } = config.video;
  return {
    maxBytes,
    requireDecoder: () => {
      decoder.require();
    },
    problem: () => (decoder.isHere() ? null : problem('VIDEO_DECODER_MISSING')),
    spool: async (body) => {
      disk.requireRoom();
      return spoolVideo(body, temporary, maxBytes);
    },
  };
}

interface DescribingParts {
  readonly stores: Stores;
  readonly config: Config;
  readonly temporary: string;
  readonly queue: JobQueue;
  readonly engine: CaptionEngine;
  readonly model: { now(): ModelInfo | null };
  readonly finisher: JobFinisher;
  readonly instant: InstantCaption;
  readonly runsHere: RunsHere;
  readonly logger: Logger;
}

const DAY_MS = 86_400_000;
/** Decoding uses two cores, and the stills of one keep all workers busy. */
const AT_ONCE = 1;

/** What does the jobs about videos: decodes them in a process without rights, and has the stills described. */
export function buildVideos(parts: DescribingParts): { decoder: DecoderHere; videos: ClaimLoop } {
  const { stores, config, temporary, queue, engine, model, finisher, instant, runsHere, logger } = parts;
  const { imagesOf, videosOf, videoLooksOf, registry } = stores;
  const decoder = new DecoderHere(config.video);
  const look = videoLooker({
    ...{ engine, imagesOf, videosOf, videoLooksOf, temporary, limits: config },
    model: () => model.now(),
    elsewhere: (picture, siteId, signal) => instant.describe(picture, siteId, signal),
    reading: async (signal) => ({
      decoder: await decoder.get(),
      maxBytes: config.video.maxBytes,
      folder: temporary,
      signal,
    }),
  });
  const machine = LOCAL_WORKERS;
  const keepPosterMs = config.keepThumbnailsDays * DAY_MS;
  const job = { queue, finisher, look, videosOf, keepPosterMs, translate: storageProblem, runsHere, machine, logger };
  const videos = new ClaimLoop({
    queue,
    worker: `${LOCAL_WORKERS}-videos`,
    tasks: ['video'],
    atOnce: AT_ONCE,
    isReady: () => captioningModel(engine.state()) !== null || registry.canDo('caption'),
    work: (claim, stopping) => videoJob(job, claim, stopping),
    logger,
  });
  return { decoder, videos };
}
