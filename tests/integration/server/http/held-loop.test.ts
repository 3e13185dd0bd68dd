import type { Route } from '../../../../server/http/route';
import { ROUTES } from '../../../../server/http/route-table';
import { MOST_TURN_MS, WatchedSidecar } from '../../../support/held-loop';

// One route of each way to read a body, and of each kind of query; tests/nightly/held-loop.test.ts tries all of them.
const PATHS = [
  'POST /v1/captions',
  'POST /v1/jobs',
  'POST /v1/decisions',
  'GET /v1/suggestions',
  'POST /v1/chat/completions',
  'POST /hf',
  'POST /replicate/v1/files',
  'GET /openapi.json',
];
const MOST_BYTES = 5_000_000;

const sidecar = new WatchedSidecar();
beforeAll(() => sidecar.start(), 120_000);
afterAll(() => sidecar.remove());

const nameOf = (route: Route) => `${route.method.toUpperCase()} ${route.path}`;

test.each(PATHS)(
  '%s keeps nobody waiting, whatever is sent',
  async (name) => {
    const route = ROUTES.find((one) => nameOf(one) === name)!;
    const turns = await sidecar.longestTurns(route, MOST_BYTES);
    expect(turns.find(({ ms }) => ms > MOST_TURN_MS)).toBeUndefined();
  },
  120_000,
);
