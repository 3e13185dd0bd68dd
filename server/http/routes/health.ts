import { z } from 'zod';
import { Status } from '../../contract/status';
import { LONGEST_VIDEO, MOST_FRAMES, type VideoStatus } from '../../contract/video';
import { defineRoute } from '../route';
import type { Services } from '../services';

const Problems = z.array(z.object({ code: z.string(), message: z.string() }));
/** `problems` and `warnings` (work goes on all the same) are there for operators only: nobody else is told what is missing. */
const Readiness = z.object({ ready: z.boolean(), problems: Problems.optional(), warnings: Problems.optional() });

export const livez = defineRoute({
  method: 'get',
  path: '/livez',
  access: 'open',
  summary: 'Is the process alive?',
  answers: { 200: z.object({ alive: z.literal(true) }) },
  handle: () => ({ status: 200, body: { alive: true } }),
});

export const readyz = defineRoute({
  method: 'get',
  path: '/readyz',
  access: 'optional',
  summary: 'Can it work? 200 or 503; a key of an operator is told what is missing.',
  answers: { 200: Readiness, 503: Readiness },
  handle: ({ services, principal }) => {
    const { ready, problems, warnings } = services.health();
    const isOperator = principal?.scope === 'admin' || principal?.scope === 'metrics';
    return { status: ready ? 200 : 503, body: { ready, ...(isOperator ? { problems, warnings } : {}) } };
  },
});

export const status = defineRoute({
  method: 'get',
  path: '/v1/status',
  access: 'site',
  summary: 'Version, model, queue and estimated wait, for the key’s own site.',
  answers: { 200: Status },
  handle: ({ services, site }) => {
    const health = services.health();
    const queue = site.jobs.counts();
    const { secondsPerImage, workers } = health;
    const ahead = queue.waiting + queue.running;
    const body: Status = {
      version: services.version,
      model: health.model,
      ready: health.ready,
      problems: [...health.problems],
      queue,
      seconds_per_image: secondsPerImage,
      estimated_wait_seconds: secondsPerImage === null ? null : (ahead * secondsPerImage) / Math.max(1, workers),
      site: { id: site.id, name: site.name },
      ...(health.abilities === null ? {} : { abilities: health.abilities }),
      bytes_also_go_to: health.bytesAlsoGoTo,
      coming_model: services.comingModel(),
      first_steps: site.firstSteps(),
      video: videoStatus(services),
      cost: costOf(services.price, secondsPerImage),
    };
    return { status: 200, body };
  },
});

function videoStatus({ videos }: Services): VideoStatus {
  const problem = videos.problem();
  return {
    decoder: problem === null,
    problem,
    max_bytes: videos.maxBytes,
    max_frames: MOST_FRAMES,
    longest_seconds: LONGEST_VIDEO,
  };
}

function costOf(price: Services['price'], secondsPerImage: number | null): Status['cost'] {
  if (price === null) return null;
  const { perHour, currency } = price;
  return {
    per_hour: perHour,
    currency,
    per_image: secondsPerImage === null ? null : (secondsPerImage / 3600) * perHour,
  };
}
